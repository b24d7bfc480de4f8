package io.iotdarelay.pipeline;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What devices had delivered last, for those who would send something older: from each source partition the highest offset, and when. Of any
 * number of devices in a fixed number of places: each device has two, and the earlier one counts. Where others share both, the answer is too
 * late, never too early: where 10,000 devices report, one in 300 others is taken for one that does; where 100,000 do, one in five. The poll
 * thread writes; any thread may ask.
 */
public final class LastDelivered {

    private static final int PLACES = 1 << 19;

    /** When something of a device was delivered, from whatever partition, in milliseconds. */
    private final AtomicLongArray times = new AtomicLongArray(PLACES);

    /** Behind the last offset that was delivered of a device, from a partition. */
    private final AtomicLongArray offsets = new AtomicLongArray(PLACES);

    private final Map<SourcePartition, Ownership> owned = new ConcurrentHashMap<>();

    private final InstantSource time;

    /** A partition that is this instance's. The records of which all is known begin at an offset, once there is one. */
    private static final class Ownership {
        private final Assignment assignment;
        private final Instant since;
        private volatile long from = Long.MAX_VALUE;

        Ownership(Assignment assignment, Instant since) {
            this.assignment = assignment;
            this.since = since;
        }
    }

    /**
     * Nothing was delivered.
     *
     * @param time never jumps
     */
    LastDelivered(InstantSource time) {
        this.time = time;
    }

    /** A partition is this instance's from now on. */
    void assigned(SourcePartition partition, Assignment assignment) {
        owned.put(partition, new Ownership(assignment, time.instant()));
    }

    /** A record has begun. Those behind it are delivered by this instance, if at all. */
    void begun(RecordPosition position) {
        Ownership ownership = owned.get(position.sourcePartition());
        if (ownership != null && ownership.from == Long.MAX_VALUE) {
            ownership.from = position.offset();
        }
    }

    /** A former owner of the partition had finished a record, and what became of it is not known. */
    void finishedBefore(SourcePartition partition, long offset) {
        Ownership ownership = owned.get(partition);
        if (ownership != null && ownership.from <= offset) {
            ownership.from = offset + 1;
        }
    }

    /** For how long a partition has been this instance's; empty if it is not. */
    public Optional<Duration> heldFor(SourcePartition partition) {
        return Optional.ofNullable(owned.get(partition))
                .filter(ownership -> ownership.assignment.isCurrent())
                .map(ownership -> Duration.between(ownership.since, time.instant()));
    }

    /** Partitions have left. */
    void forgetAbandoned() {
        owned.values().removeIf(ownership -> !ownership.assignment.isCurrent());
    }

    /** A report of a record was delivered. */
    void live(DeviceId device, RecordPosition position, Instant at) {
        raise(times, hash(device.hashCode()), at.toEpochMilli());
        raise(offsets, hash(device, position), position.offset() + 1);
    }

    /** A report of a dead letter, which was sent again, was delivered. What counts is where its record stood. */
    void redriven(DeviceId device, RecordPosition origin) {
        raise(offsets, hash(device, origin), origin.offset() + 1);
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
     * @param origin where the record stood: records behind it in its partition are newer
     * @param failed when the letter was written: a live record of any partition that was delivered later is newer
     */
    public Optional<Boolean> isNewer(DeviceId device, RecordPosition origin, Instant failed) {
        boolean newer = newest(offsets, hash(device, origin)) > origin.offset() + 1
                || newest(times, hash(device.hashCode())) > failed.toEpochMilli();
        Ownership ownership = owned.get(origin.sourcePartition());
        boolean known = ownership != null && ownership.assignment.isCurrent() && ownership.from <= origin.offset();
        return newer ? Optional.of(true) : known ? Optional.of(false) : Optional.empty();
    }
}
