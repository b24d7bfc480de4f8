package io.iotdarelay.provisioning;

import io.iotdarelay.telemetry.DeviceSecret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Secrets of one device that the platform refused, the last one at the end. Immutable.
 *
 * @param refused a few of them
 */
record Secrets(List<DeviceSecret> refused) {

    static final Secrets NONE = new Secrets(List.of());

    /** Its own two, another source's, and one more while they change. */
    private static final int MOST = 4;

    Secrets {
        refused = List.copyOf(refused);
    }

    Secrets with(DeviceSecret secret) {
        List<DeviceSecret> all = new ArrayList<>(refused);
        all.remove(secret);
        all.add(secret);
        return new Secrets(all.subList(Math.max(0, all.size() - MOST), all.size()));
    }

    Secrets without(List<DeviceSecret> secrets) {
        return new Secrets(
                refused.stream().filter(secret -> !secrets.contains(secret)).toList());
    }

    boolean isEmpty() {
        return refused.isEmpty();
    }

    /** The first one that was not refused; where all were, the one that was tried last, so that nothing goes in circles. */
    Optional<DeviceSecret> best(List<DeviceSecret> candidates) {
        return candidates.stream()
                .filter(secret -> !refused.contains(secret))
                .findFirst()
                .or(() ->
                        refused.reversed().stream().filter(candidates::contains).findFirst());
    }
}
