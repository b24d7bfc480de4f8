package io.iotdarelay.provisioning;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What was learnt, within bounds: devices that the platform has, those that it has not, secrets that it refused, and when it was asked for
 * others. Names that never existed take nothing from devices that do. Any thread.
 */
final class Memory {

    /** A device that nobody has looked for for so long is forgotten. */
    private static final Duration UNUSED = Duration.ofDays(7);

    /** About a device whose credentials were refused the platform is asked once in this time. */
    static final Duration CHECK_EVERY = Duration.ofMinutes(15);

    /** The same if there was no answer. */
    private static final Duration CHECK_AGAIN = Duration.ofMinutes(1);

    /** That a device was missing once is forgotten after this time. */
    private static final Duration MISSED_FOR = Duration.ofDays(1);

    private final Cache<DeviceId, Known> known;
    private final Cache<DeviceId, Unknown> unknown;
    private final Cache<DeviceId, DeviceId> nodes;
    private final Cache<DeviceId, Secrets> refused;
    private final Cache<DeviceId, Duration> checked;
    private final Cache<DeviceId, Boolean> missed;
    private final Cache<DeviceId, Long> kept;
    private final Cache<DeviceId, DeviceId> moved;

    /** Nothing is known. */
    Memory(int mostDevices, LongSupplier nanoTime) {
        known = bounded(mostDevices, nanoTime).expireAfterAccess(UNUSED).build();
        unknown = bounded(mostDevices, nanoTime)
                .expireAfter(Expiry.<DeviceId, Unknown>writing((device, one) -> one.lasts()))
                .build();
        nodes = bounded(mostDevices, nanoTime).expireAfterAccess(UNUSED).build();
        refused = bounded(mostDevices, nanoTime).expireAfterAccess(UNUSED).build();
        checked = bounded(mostDevices, nanoTime)
                .expireAfter(Expiry.<DeviceId, Duration>writing((device, lasts) -> lasts))
                .build();
        missed = bounded(mostDevices, nanoTime).expireAfterWrite(MISSED_FOR).build();
        kept = bounded(mostDevices, nanoTime).expireAfterAccess(UNUSED).build();
        moved = bounded(mostDevices, nanoTime).expireAfterWrite(CHECK_EVERY).build();
    }

    private static Caffeine<Object, Object> bounded(int most, LongSupplier nanoTime) {
        return Caffeine.newBuilder()
                .maximumSize(most)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run);
    }

    @Nullable
    Known known(DeviceId device) {
        return known.getIfPresent(device);
    }

    @Nullable
    Unknown unknown(DeviceId device) {
        return unknown.getIfPresent(device);
    }

    Optional<DeviceId> deviceOf(DeviceId node) {
        return Optional.ofNullable(nodes.getIfPresent(node));
    }

    long knownCount() {
        return known.estimatedSize();
    }

    long unknownCount() {
        return unknown.estimatedSize();
    }

    /** The platform has the device. */
    void learn(Known told) {
        DeviceId device = told.entry().device();
        unknown.invalidate(device);
        missed.invalidate(device);
        DeviceId node = told.entry().node();
        if (node != null) {
            unknown.invalidate(node);
            nodes.put(node, device);
        }
        Known before = known.asMap().put(device, told);
        if (before != null) {
            List<DeviceSecret> changed = new ArrayList<>(told.secrets());
            changed.removeAll(before.secrets());
            refused.asMap().computeIfPresent(device, (any, own) -> orNone(own.without(changed)));
            DeviceId former = before.entry().node();
            if (former != null && !former.equals(node)) {
                nodes.asMap().remove(former, device);
            }
        }
    }

    /** The device is asked for again at this time, in nanoseconds, if it is still known then. */
    void postpone(DeviceId device, long due) {
        known.asMap().computeIfPresent(device, (same, before) -> before.due(due));
        kept.asMap().computeIfPresent(device, (same, before) -> due);
    }

    /** When a device that another source keeps is asked for again, in nanoseconds: as it was said first. */
    long keptUntil(DeviceId device, long due) {
        Long before = kept.asMap().putIfAbsent(device, due);
        return before == null ? due : before;
    }

    /** The platform does not have a device that is known. Returns whether that is so for the first time. */
    boolean isMissedFirst(DeviceId device) {
        return missed.asMap().putIfAbsent(device, true) == null;
    }

    /** The platform has nothing to tell. */
    void miss(DeviceId device, Unknown why) {
        Known before = known.asMap().remove(device);
        if (before != null && before.entry().node() != null) {
            nodes.asMap().remove(before.entry().node(), device);
        }
        unknown.put(device, why);
    }

    /** The entry with the best of the secrets that it and the platform name. */
    DirectoryEntry improved(DirectoryEntry entry) {
        Secrets own = refused.getIfPresent(entry.device());
        if (own == null || entry.secret() == null) {
            return entry;
        }
        List<DeviceSecret> candidates = new ArrayList<>();
        candidates.add(entry.secret());
        Known told = known(entry.device());
        if (told != null) {
            candidates.addAll(told.secrets());
        }
        return own.best(candidates)
                .filter(best -> !best.equals(entry.secret()))
                .map(entry::with)
                .orElse(entry);
    }

    void refuse(DeviceCredentials credentials) {
        refused.asMap()
                .compute(
                        credentials.device(),
                        (device, own) -> (own == null ? Secrets.NONE : own).with(credentials.secret()));
    }

    /** The platform let the device in. */
    void accept(DeviceCredentials credentials) {
        refused.asMap()
                .computeIfPresent(
                        credentials.device(), (device, own) -> orNone(own.without(List.of(credentials.secret()))));
        Known told = known.policy().getIfPresentQuietly(credentials.device());
        if (told != null && told.entry().barrier() != null) {
            known.asMap().computeIfPresent(credentials.device(), (device, before) -> before.withoutBarrier());
        }
    }

    private static @Nullable Secrets orNone(Secrets secrets) {
        return secrets.isEmpty() ? null : secrets;
    }

    /** Whether the platform has not been asked for the device's secrets lately. From now on it has. */
    boolean mayCheck(DeviceId device) {
        return checked.asMap().putIfAbsent(device, CHECK_EVERY) == null;
    }

    /** Whether nobody has asked lately to move the child behind this gateway. From now on somebody has. */
    boolean mayMove(DeviceId child, DeviceId gateway) {
        return !gateway.equals(moved.asMap().put(child, gateway));
    }

    /** There was no answer. */
    void unchecked(DeviceId device) {
        checked.put(device, CHECK_AGAIN);
    }
}
