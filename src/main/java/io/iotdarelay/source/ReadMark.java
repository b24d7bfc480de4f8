package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts how often in a row the process has crashed soon after it began to read a partition. The count is stored in the
 * metadata of the partition's commits, so that the next reader knows. It is written before reading begins, and removed once
 * reading has worked for a while. Belongs to the poll thread.
 */
final class ReadMark {

    /** The end of a commit's metadata while reading has not proved safe yet: the count, and the heap in MB. */
    private static final Pattern TEXT = Pattern.compile("~(\\d)/(\\d{1,9})$");

    /** Long enough to reach any record within the in-flight bound. */
    private static final Duration PROVEN_AFTER = Duration.ofSeconds(5);

    /** Characters. */
    static final int LONGEST = 12;

    /** Where commits fail, others need not wait for it any longer. */
    private static final Duration REMOVED_AFTER = Duration.ofSeconds(30);

    private static final int MOST = 9;
    private static final long MEGABYTE = 1 << 20;

    private final int deaths;
    private final long heap;
    private State state = State.WAITS;
    private Duration read = Duration.ZERO;
    private Instant checked = Instant.MIN;

    /** From PROVEN on the mark is to be removed; when Kafka has acknowledged that, it is REMOVED. */
    private enum State {
        WAITS,
        BEGUN,
        PROVEN,
        REMOVED
    }

    private ReadMark(int deaths, long heap) {
        this.deaths = deaths;
        this.heap = heap;
    }

    /** The mark that a previous owner left. One from a smaller heap proves nothing. */
    static ReadMark in(String metadata, long heapBytes) {
        long heap = heapBytes / MEGABYTE;
        Matcher mark = TEXT.matcher(metadata);
        return mark.find() && heap <= Long.parseLong(mark.group(2))
                ? new ReadMark(Integer.parseInt(mark.group(1)), heap)
                : new ReadMark(0, heap);
    }

    /** Whether a commit's metadata ends with a mark. */
    static boolean isIn(String metadata) {
        return TEXT.matcher(metadata).find();
    }

    /** The metadata without the mark. */
    static String without(String metadata) {
        return TEXT.matcher(metadata).replaceFirst("");
    }

    /** The same, minus one crash that did not happen: this process wrote the mark and is alive. */
    ReadMark oneLess() {
        return new ReadMark(Math.max(0, deaths - 1), heap);
    }

    /** The same without crashes, for what crashed other processes will not be read again. */
    ReadMark forgiven() {
        return new ReadMark(0, heap);
    }

    /** How many processes in a row it has crashed, as far as known. */
    int deaths() {
        return deaths;
    }

    /** How many there will be if this process crashes, too. */
    int next() {
        return Math.min(MOST, deaths + 1);
    }

    /** The metadata with the mark. */
    String mark(String metadata) {
        return metadata + "~" + next() + "/" + heap;
    }

    /** The metadata with the mark, while reading may still crash the process. */
    String markWhileUnproven(String metadata) {
        return state == State.BEGUN ? mark(metadata) : metadata;
    }

    /** Whether the partition may be read. */
    boolean mayRead() {
        return state != State.WAITS;
    }

    /** Whether Kafka may have a mark of this process: if it crashes now, the next one counts it. */
    boolean isOpen() {
        return state == State.BEGUN || state == State.PROVEN;
    }

    /** Whether the mark is not needed any more. */
    boolean isProven() {
        return state == State.PROVEN || state == State.REMOVED;
    }

    /** The mark is written: reading begins. */
    void begin(Instant now) {
        state = State.BEGUN;
        checked = now;
    }

    /** Reading has stopped. */
    void leave() {
        state = State.PROVEN;
    }

    /** Everything has been read without a crash. */
    void reachedTheEnd() {
        if (state == State.BEGUN) {
            prove();
        }
    }

    /** Kafka has a commit without the mark. */
    void removed() {
        if (state == State.PROVEN) {
            state = State.REMOVED;
        }
    }

    /**
     * Time has passed.
     *
     * @param isRead whether the partition is not paused
     */
    void age(Instant now, boolean isRead) {
        Duration passed = Duration.between(checked, now);
        switch (state) {
            case BEGUN -> {
                checked = now;
                read = isRead ? read.plus(passed) : read;
                if (read.compareTo(PROVEN_AFTER) >= 0) {
                    prove();
                }
            }
            case PROVEN -> {
                if (passed.compareTo(REMOVED_AFTER) >= 0) {
                    state = State.REMOVED;
                }
            }
            case WAITS, REMOVED -> {}
        }
    }

    private void prove() {
        state = State.PROVEN;
    }
}
