package io.iotdarelay.settle;

import java.time.Instant;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which offsets of one assigned partition are finished. Records begin in the order of their offsets and finish in any order;
 * the <em>frontier</em> is the lowest offset that is begun and not finished, and everything below it may be committed. Gaps
 * in the offsets (compaction, transaction markers) are never waited for. Not thread-safe: it belongs to the poll thread.
 */
public final class OffsetTracker {

    /*
     * Implementation: a ring of the offsets from the frontier on, in the order they began, with their time of beginning and
     * their record's timestamp and leader epoch, and a bit for each that is finished. Positions are counted from the beginning of the
     * assignment and never wrap: 'head' is the frontier's, 'tail' the next free one. A position's place in the ring is its
     * remainder.
     *
     * A finished offset is looked up by its distance to the frontier, which is exact where there are no gaps, and by binary
     * search where there are. The ring doubles when it is full, and becomes small again when it is empty, so that one long
     * stall does not hold memory forever.
     */

    /** The leader epoch of a record that has none. */
    public static final int NO_EPOCH = -1;

    private static final int SMALLEST = 1024;

    private long[] offsets = new long[SMALLEST];
    private long[] begunAt = new long[SMALLEST];
    private long[] timestamps = new long[SMALLEST];
    private int[] epochs = new int[SMALLEST];
    private BitSet finished = new BitSet(SMALLEST);
    private long head;
    private long tail;
    private int finishedBeyond;
    private OptionalLong next = OptionalLong.empty();
    private int nextEpoch = NO_EPOCH;

    /**
     * A record was taken from Kafka. Offsets only rise.
     *
     * @param timestamp the record's timestamp, in milliseconds since 1970
     * @param epoch of the leader that wrote the record
     */
    public void begin(long offset, long timestamp, int epoch, Instant now) {
        if (next.isPresent() && offset < next.getAsLong()) {
            throw new IllegalArgumentException("offset " + offset + " begins after " + (next.getAsLong() - 1));
        }
        if (tail - head == offsets.length) {
            resize(offsets.length * 2);
        }
        offsets[place(tail)] = offset;
        begunAt[place(tail)] = now.toEpochMilli();
        timestamps[place(tail)] = timestamp;
        epochs[place(tail)] = epoch;
        finished.clear(place(tail));
        tail++;
        next = OptionalLong.of(offset + 1);
        nextEpoch = epoch;
    }

    /**
     * The consumer has passed everything below this offset, although there is no record right before it.
     *
     * @param epoch of the leader that wrote the record there
     */
    public void skipTo(long offset, int epoch) {
        if (next.isEmpty() || next.getAsLong() < offset) {
            next = OptionalLong.of(offset);
            nextEpoch = epoch;
        }
    }

    /** A record is finished. It was begun, and not finished before. */
    public void finish(long offset) {
        long position = position(offset);
        if (finished.get(place(position))) {
            throw new IllegalArgumentException("offset " + offset + " is finished twice");
        }
        finished.set(place(position));
        finishedBeyond++;
        while (head < tail && finished.get(place(head))) {
            finishedBeyond--;
            head++;
        }
        if (head == tail && offsets.length > SMALLEST) {
            resize(SMALLEST);
        }
    }

    /** The offset that may be committed, as Kafka defines it: the first one that is not finished. */
    public OptionalLong committable() {
        return head < tail ? OptionalLong.of(offsets[place(head)]) : next;
    }

    /**
     * The leader epoch to commit beside it: that of the record at the committable offset, or where there is none yet, of the last one
     * before it. If the log is cut off below the committable offset after an unclean election, no leader knows an end of this epoch
     * that lies beyond the cut, and so the next consumer goes back to the cut instead of to the beginning.
     */
    public int committableEpoch() {
        return head < tail ? epochs[place(head)] : nextEpoch;
    }

    /** The leader epoch of the last record that began. They only rise. */
    public int newestEpoch() {
        return nextEpoch;
    }

    /** The timestamp of the record at the committable offset, in milliseconds since 1970; nothing while none is in flight. */
    public OptionalLong oldestTimestamp() {
        return head < tail ? OptionalLong.of(timestamps[place(head)]) : OptionalLong.empty();
    }

    /** The offset after the last one that began, or that the consumer is known to have passed. */
    public OptionalLong next() {
        return next;
    }

    /** Records that are begun and not finished. */
    public int inFlight() {
        return window() - finishedBeyond;
    }

    /** Records from the frontier on, finished ones included: what a crash would repeat at most. */
    public int window() {
        return (int) (tail - head);
    }

    /** When the record at the frontier began; nothing while none is in flight. */
    public Optional<Instant> oldestBegan() {
        return head < tail ? Optional.of(Instant.ofEpochMilli(begunAt[place(head)])) : Optional.empty();
    }

    /**
     * The offsets beyond the committable one that are finished, as text; empty where there are none. What does not fit is left out.
     *
     * @param before what a previous owner had finished: it is kept for what has not been read again yet
     * @param mostCharacters of the result
     */
    public String finishedBeyond(FinishedOffsets before, int mostCharacters) {
        if (head == tail) {
            return "";
        }
        FinishedOffsets.Encoder encoder =
                new FinishedOffsets.Encoder(offsets[place(head)], timestamps[place(head)], mostCharacters);
        for (long position = head + 1; position < tail; position++) {
            if (finished.get(place(position))) {
                encoder.add(offsets[place(position)]);
            }
        }
        before.from(next.orElseThrow()).forEach(encoder::add);
        return encoder.encode();
    }

    private long position(long offset) {
        if (head < tail) {
            long guess = head + offset - offsets[place(head)];
            if (guess >= head && guess < tail && offsets[place(guess)] == offset) {
                return guess;
            }
            long low = head;
            long high = tail - 1;
            while (low <= high) {
                long middle = (low + high) >>> 1;
                long found = offsets[place(middle)];
                if (found == offset) {
                    return middle;
                }
                if (found < offset) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
        }
        throw new IllegalArgumentException("offset " + offset + " is not in flight");
    }

    private int place(long position) {
        return (int) (position & (offsets.length - 1));
    }

    private void resize(int capacity) {
        long[] newOffsets = new long[capacity];
        long[] newBegunAt = new long[capacity];
        long[] newTimestamps = new long[capacity];
        int[] newEpochs = new int[capacity];
        BitSet newFinished = new BitSet(capacity);
        for (long position = head; position < tail; position++) {
            int to = (int) (position & (capacity - 1));
            newOffsets[to] = offsets[place(position)];
            newBegunAt[to] = begunAt[place(position)];
            newTimestamps[to] = timestamps[place(position)];
            newEpochs[to] = epochs[place(position)];
            newFinished.set(to, finished.get(place(position)));
        }
        offsets = newOffsets;
        begunAt = newBegunAt;
        timestamps = newTimestamps;
        epochs = newEpochs;
        finished = newFinished;
    }
}
