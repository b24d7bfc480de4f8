package io.iotdarelay.settle;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.BitSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Offsets beyond a committed one that are already finished. They are stored in the commit's metadata, so that the
 * partition's next owner need not deliver them again, even after a crash. Immutable.
 */
public final class FinishedOffsets {

    /*
     * The text is a letter for the form, and Base64 of: the timestamp of the committed offset's record, and then the offsets,
     * relative to the committed one. Two forms are tried, and the one that holds more of them counts:
     * runs (a gap, a length, a gap, ...), which are short when a few slow records hold back many finished ones, and a bit for
     * each offset, which is short when finished and unfinished ones alternate. The committed offset itself is unfinished.
     *
     * Only if the record at the committed offset has this timestamp are the offsets believed. Which topic they belong to is for
     * TopicIdentity, which seals the text.
     */

    /** Nothing is known to be finished. */
    public static final FinishedOffsets NONE = new FinishedOffsets(0, 0, new BitSet());

    private static final char RUNS = 'r';
    private static final char BITS = 'b';
    private static final int BITS_OF_BYTE = 8;

    /** Offsets beyond this distance are ignored, whatever the metadata contains. */
    private static final int FARTHEST = 1 << 28;

    private final long committed;
    private final long timestamp;
    private final BitSet finished;

    private FinishedOffsets(long committed, long timestamp, BitSet finished) {
        this.committed = committed;
        this.timestamp = timestamp;
        this.finished = finished;
    }

    /** Reads what an encoder wrote. Invalid text yields nothing: then records are repeated, not lost. */
    static FinishedOffsets decode(long committed, String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text.substring(1)));
            long timestamp = readNumber(bytes);
            return switch (text.charAt(0)) {
                case RUNS -> new FinishedOffsets(committed, timestamp, readRuns(bytes));
                case BITS -> new FinishedOffsets(committed, timestamp, BitSet.valueOf(bytes.slice()));
                default -> NONE;
            };
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            return NONE;
        }
    }

    /** Whether they are valid, if this is the first record that was read from the committed offset on. */
    public boolean isConfirmedBy(long offset, long recordTimestamp) {
        return offset == committed && recordTimestamp == timestamp;
    }

    public boolean contains(long offset) {
        long distance = offset - committed;
        return distance > 0 && distance < finished.length() && finished.get((int) distance);
    }

    /** Whether this offset or one beyond it is among them. */
    public boolean reaches(long offset) {
        return from(offset).findFirst().isPresent();
    }

    /** Those from this offset on, in ascending order. */
    LongStream from(long offset) {
        int distance = Math.clamp(offset - committed, 0, finished.length());
        return IntStream.iterate(finished.nextSetBit(distance), at -> at >= 0, at -> finished.nextSetBit(at + 1))
                .mapToLong(at -> committed + at);
    }

    public boolean isEmpty() {
        return finished.isEmpty();
    }

    /** How many there are. */
    public int size() {
        return finished.cardinality();
    }

    private static BitSet readRuns(ByteBuffer bytes) {
        BitSet finished = new BitSet();
        long at = 0;
        while (bytes.hasRemaining()) {
            long from = Math.addExact(at, readNumber(bytes));
            at = Math.addExact(from, readNumber(bytes));
            if (from <= 0 || at > FARTHEST || from >= at) {
                throw new IllegalArgumentException("no run");
            }
            finished.set((int) from, (int) at);
        }
        return finished;
    }

    /** A number in groups of seven bits, the lowest first. */
    private static long readNumber(ByteBuffer bytes) {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = bytes.get();
            number |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw new IllegalArgumentException("a number without end");
    }

    private static void writeNumber(ByteArrayOutputStream bytes, long number) {
        long rest = number;
        while ((rest & ~0x7fL) != 0) {
            bytes.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }

    /** Builds the text from finished offsets in ascending order. */
    static final class Encoder {

        private final long committed;
        private final long timestamp;
        private final int mostBytes;
        private final ByteArrayOutputStream runs = new ByteArrayOutputStream();
        private final BitSet bits = new BitSet();
        private long runBegin;
        private long runEnd;
        private long lastEnd;
        private int inRuns;

        Encoder(long committed, long timestamp, int mostCharacters) {
            this.committed = committed;
            this.timestamp = timestamp;
            this.mostBytes = Math.max(0, mostCharacters - 1) / 4 * 3;
            writeNumber(runs, timestamp);
        }

        /** The next one; all are beyond the committed offset. */
        void add(long offset) {
            long distance = offset - committed;
            if (distance < (long) mostBytes * BITS_OF_BYTE) {
                bits.set((int) distance);
            }
            if (distance >= FARTHEST) {
                return;
            }
            if (distance == runEnd) {
                runEnd++;
            } else {
                endRun();
                runBegin = distance;
                runEnd = distance + 1;
            }
        }

        String encode() {
            endRun();
            ByteArrayOutputStream asBits = new ByteArrayOutputStream();
            writeNumber(asBits, timestamp);
            int room = (mostBytes - asBits.size()) * BITS_OF_BYTE;
            BitSet fitting = bits.get(0, Math.max(0, room));
            boolean runsHoldMore = inRuns >= fitting.cardinality();
            if ((runsHoldMore ? inRuns : fitting.cardinality()) == 0) {
                return "";
            }
            asBits.writeBytes(fitting.toByteArray());
            return (runsHoldMore ? RUNS : BITS)
                    + Base64.getEncoder().encodeToString((runsHoldMore ? runs : asBits).toByteArray());
        }

        private void endRun() {
            if (runEnd == 0) {
                return;
            }
            ByteArrayOutputStream run = new ByteArrayOutputStream();
            writeNumber(run, runBegin - lastEnd);
            writeNumber(run, runEnd - runBegin);
            if (runs.size() + run.size() <= mostBytes) {
                runs.writeBytes(run.toByteArray());
                inRuns += (int) (runEnd - runBegin);
                lastEnd = runEnd;
            }
            runBegin = 0;
            runEnd = 0;
        }
    }
}
