package io.iotdarelay.pipeline;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Until when devices had something delivered, for those who would send something older. Of any number of devices in a fixed number of places: each
 * device has two, and the earlier one counts. Where others share both, the answer is too late, never too early: where 10,000 devices report, one
 * in 200 others is taken for one that does; where 100,000 do, more than a quarter. The poll thread writes; any thread may ask.
 */
public final class LastDelivered {

    private static final int PLACES = 1 << 18;

    private final AtomicLongArray live = new AtomicLongArray(PLACES);
    /** Few relays ever need it. */
    private volatile Optional<AtomicLongArray> redriven = Optional.empty();

    private final Map<SourcePartition, Ownership> owned = new ConcurrentHashMap<>();

    private final InstantSource wall;

    private record Ownership(Assignment assignment, Instant since) {}

    LastDelivered(InstantSource wall) {
        this.wall = wall;
    }

    /** A partition is this instance's from now on. */
    void assigned(SourcePartition partition, Assignment assignment) {
        owned.put(partition, new Ownership(assignment, wall.instant()));
    }

    /** Partitions have left. */
    void forgetAbandoned() {
        owned.values().removeIf(ownership -> !ownership.assignment().isCurrent());
    }

    /** A report of a record was delivered. */
    void live(DeviceId device, Instant at) {
        raise(live, hash(device.hashCode()), at.toEpochMilli());
    }

    /** A report of a dead letter, which was sent again, was delivered. What counts is where its record stood. */
    void redriven(DeviceId device, RecordPosition origin) {
        if (redriven.isEmpty()) {
            redriven = Optional.of(new AtomicLongArray(PLACES));
        }
        raise(redriven.get(), hash(device, origin), origin.offset() + 1);
    }

    private static void raise(AtomicLongArray places, long hash, long value) {
        raise(places, one(hash), value);
        raise(places, other(hash), value);
    }

    private static void raise(AtomicLongArray places, int place, long value) {
        if (places.getPlain(place) < value) {
            places.setRelease(place, value);
        }
    }

    private static long newest(AtomicLongArray places, long hash) {
        return Math.min(places.getAcquire(one(hash)), places.getAcquire(other(hash)));
    }

    private static int one(long hash) {
        return (int) hash & (PLACES - 1);
    }

    private static int other(long hash) {
        return (int) (hash >>> 40) & (PLACES - 1);
    }

    private static long hash(DeviceId device, RecordPosition origin) {
        return hash((long) origin.sourcePartition().hashCode() << Integer.SIZE ^ device.hashCode());
    }

    /** Spreads what differs little (MurmurHash3's finalizer). */
    private static long hash(long what) {
        long hash = what * 0x9E3779B97F4A7C15L;
        hash = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
        hash = (hash ^ (hash >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return hash ^ (hash >>> 33);
    }

    /**
     * Whether a device had something newer delivered; empty if that is not known.
     *
     * @param origin where the record stood: only since its partition is this instance's, all is known of it
     * @param failed when the record became a dead letter
     */
    public Optional<Boolean> isNewer(DeviceId device, RecordPosition origin, Instant failed) {
        boolean newer = newest(live, hash(device.hashCode())) > failed.toEpochMilli()
                || redriven.filter(places -> newest(places, hash(device, origin)) > origin.offset() + 1)
                        .isPresent();
        Ownership ownership = owned.get(origin.sourcePartition());
        boolean known = ownership != null
                && ownership.assignment().isCurrent()
                && !ownership.since().isAfter(failed);
        return newer ? Optional.of(true) : known ? Optional.of(false) : Optional.empty();
    }
}
