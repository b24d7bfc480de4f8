package io.iotdarelay.pipeline;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.SourcePartition;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Until when devices had something delivered, for those who would send something older. Of any number of devices in a fixed number of places: each
 * device has two, and the earlier one counts. Where others share both, the answer is too late, never too early: of 10,000 devices that report, one
 * in a thousand others is taken for one that does; of 100,000, one in ten. The poll thread writes; any thread may ask.
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
        raise(live, device, at.toEpochMilli());
    }

    /** A report of a dead letter, which was sent again, was delivered. What counts is how old its record is. */
    void redriven(DeviceId device, Instant recordTime) {
        if (redriven.isEmpty()) {
            redriven = Optional.of(new AtomicLongArray(PLACES));
        }
        raise(redriven.get(), device, recordTime.toEpochMilli());
    }

    private static void raise(AtomicLongArray places, DeviceId device, long millis) {
        long hash = hash(device);
        raise(places, one(hash), millis);
        raise(places, other(hash), millis);
    }

    private static void raise(AtomicLongArray places, int place, long millis) {
        if (places.getPlain(place) < millis) {
            places.setRelease(place, millis);
        }
    }

    private static long newest(AtomicLongArray places, DeviceId device) {
        long hash = hash(device);
        return Math.min(places.getAcquire(one(hash)), places.getAcquire(other(hash)));
    }

    private static int one(long hash) {
        return (int) hash & (PLACES - 1);
    }

    private static int other(long hash) {
        return (int) (hash >>> 40) & (PLACES - 1);
    }

    /** Spreads what differs little (MurmurHash3's finalizer). */
    private static long hash(DeviceId device) {
        long hash = device.hashCode() * 0x9E3779B97F4A7C15L;
        hash = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
        hash = (hash ^ (hash >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return hash ^ (hash >>> 33);
    }

    /**
     * Whether a device had something newer delivered; empty if that is not known.
     *
     * @param source where the record stood: only since its partition is this instance's, all is known of it
     * @param failed when the record became a dead letter
     * @param recordTime the record's time stamp
     */
    public Optional<Boolean> isNewer(SourcePartition source, DeviceId device, Instant failed, Instant recordTime) {
        boolean newer = newest(live, device) > failed.toEpochMilli()
                || redriven.filter(places -> newest(places, device) > recordTime.toEpochMilli())
                        .isPresent();
        Ownership ownership = owned.get(source);
        boolean known = ownership != null
                && ownership.assignment().isCurrent()
                && !ownership.since().isAfter(failed);
        return newer ? Optional.of(true) : known ? Optional.of(false) : Optional.empty();
    }
}
