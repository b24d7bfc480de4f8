package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.PlatformAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Devices that the platform refuses, set aside: their records are dead letters at once, without a request. The first record
 * after 1, 5, 15, and then every 60 minutes tries again; so does the first one after the directory has other credentials for
 * the device. Belongs to one event loop; it holds no more devices than the directory.
 */
final class Quarantine {

    private static final List<Duration> PROBES =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofMinutes(60));

    /**
     * A device that was refused.
     *
     * @param answer what the platform said
     * @param refusals how often in a row
     */
    record Refusal(DeviceCredentials credentials, Optional<PlatformAnswer> answer, int refusals, Instant nextProbe) {}

    private final Map<DeviceId, Refusal> refused = new HashMap<>();
    private final AtomicInteger count;

    /**
     * An empty one.
     *
     * @param count of all loops' devices together
     */
    Quarantine(AtomicInteger count) {
        this.count = count;
    }

    /** The refusal that still holds for a device with these credentials, if one does. */
    Optional<Refusal> holds(DeviceCredentials credentials, Instant now) {
        Refusal refusal = refused.get(credentials.device());
        return refusal != null && refusal.credentials().equals(credentials) && now.isBefore(refusal.nextProbe())
                ? Optional.of(refusal)
                : Optional.empty();
    }

    /** The platform refused the device. Says whether that is news. */
    boolean refuse(DeviceCredentials credentials, Optional<PlatformAnswer> answer, Instant now) {
        Refusal before = refused.get(credentials.device());
        int refusals = before != null && before.credentials().equals(credentials) ? before.refusals() + 1 : 1;
        Duration wait = PROBES.get(Math.min(refusals, PROBES.size()) - 1);
        refused.put(credentials.device(), new Refusal(credentials, answer, refusals, now.plus(wait)));
        if (before == null) {
            count.incrementAndGet();
        }
        return refusals == 1;
    }

    /** The platform accepts the device. Says whether that is news. */
    boolean release(DeviceId device) {
        boolean released = refused.remove(device) != null;
        if (released) {
            count.decrementAndGet();
        }
        return released;
    }
}
