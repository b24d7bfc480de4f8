package io.iotdarelay.readback;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which devices are watched: a few for each target, the first that report, and others once they fall silent. The same reports make the
 * same choice.
 */
final class Canaries {

    static final int MOST_TARGETS = 1_000;

    /** Beyond, the first of them may be chosen again. */
    static final int MOST_EXCLUDED = 1_000;

    private final int each;
    private final Duration longestSilence;
    private final Consumer<Canary> dropped;
    private final Map<Target, List<Canary>> targets = new LinkedHashMap<>();
    private final Map<DeviceId, Canary> all = new LinkedHashMap<>();

    /** Devices that cannot stand for anything, and until when that is believed: the first one is the first to be tried again. */
    private final Map<DeviceId, Instant> excluded = new LinkedHashMap<>();

    private Instant searched = Instant.MIN;

    /**
     * None are watched yet.
     *
     * @param longestSilence after which a device that is waited for is replaced; longer than devices take between two reports
     * @param dropped receives those that no longer stand for anything
     */
    Canaries(int each, Duration longestSilence, Consumer<Canary> dropped) {
        this.each = each;
        this.longestSilence = longestSilence;
        this.dropped = dropped;
    }

    Collection<Canary> all() {
        return all.values();
    }

    int targets() {
        return targets.size();
    }

    @Nullable
    Canary of(DeviceId device) {
        return all.get(device);
    }

    /** A device reports something of a target. */
    void offer(Target target, DeviceId device, Instant now) {
        if (excluded.getOrDefault(device, Instant.MIN).isAfter(now)) {
            return;
        }
        List<Canary> standing = targets.get(target);
        if (standing == null) {
            if (targets.size() >= MOST_TARGETS && !makeRoom(now)) {
                return;
            }
            standing = new ArrayList<>();
            targets.put(target, standing);
        }
        if (standing.stream().anyMatch(canary -> canary.device().equals(device))) {
            return;
        }
        if (standing.size() >= each) {
            Optional<Canary> silent = standing.stream()
                    .filter(canary -> canary.isSilent(target, longestSilence, now))
                    .findFirst();
            if (silent.isEmpty()) {
                return;
            }
            standing.remove(silent.get());
            release(silent.get(), target);
        }
        Canary canary = all.computeIfAbsent(device, id -> new Canary(id, now));
        canary.missed().put(target, 0);
        standing.add(canary);
    }

    /** Nothing can be learnt from a device: others stand for what it stood for, and it is not chosen again for a while. */
    void exclude(Canary canary, Instant until) {
        excluded.remove(canary.device());
        if (excluded.size() >= MOST_EXCLUDED) {
            excluded.remove(excluded.keySet().iterator().next());
        }
        excluded.put(canary.device(), until);
        for (Target target : List.copyOf(canary.missed().keySet())) {
            List<Canary> standing = targets.get(target);
            if (standing != null && standing.remove(canary) && standing.isEmpty()) {
                targets.remove(target);
            }
            release(canary, target);
        }
    }

    /** IDs of services may come from data: those of which nothing is heard any more make room. Not more than once a turn. */
    private boolean makeRoom(Instant now) {
        if (now.equals(searched)) {
            return false;
        }
        searched = now;
        for (Map.Entry<Target, List<Canary>> entry : targets.entrySet()) {
            if (entry.getValue().stream().allMatch(canary -> canary.isSilent(entry.getKey(), longestSilence, now))) {
                targets.remove(entry.getKey());
                entry.getValue().forEach(canary -> release(canary, entry.getKey()));
                return true;
            }
        }
        return false;
    }

    private void release(Canary canary, Target target) {
        canary.missed().remove(target);
        if (canary.missed().isEmpty()) {
            all.remove(canary.device());
            dropped.accept(canary);
        }
    }
}
