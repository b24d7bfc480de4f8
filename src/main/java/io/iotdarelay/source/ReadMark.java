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

    private static final int MOST = 9;
    private static final long MEGABYTE = 1 << 20;

    private final int deaths;
    private final long heap;
    private State state = State.WAITS;
    private Instant began = Instant.MIN;

    private enum State {
        WAITS,
        BEGUN,
        PROVEN
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
    String markWhileOpen(String metadata) {
        return isOpen() ? mark(metadata) : metadata;
    }

    /** Whether the partition may be read. */
    boolean mayRead() {
        return state != State.WAITS;
    }

    /** Whether it is being read and may still crash the process. */
    boolean isOpen() {
        return state == State.BEGUN;
    }

    boolean isProven() {
        return state == State.PROVEN;
    }

    /** The mark is written: reading begins. */
    void begin(Instant now) {
        state = State.BEGUN;
        began = now;
    }

    /** Reading is safe, or has stopped. */
    void prove() {
        state = State.PROVEN;
    }

    /** Everything has been read without a crash. */
    void reachedTheEnd() {
        if (state == State.BEGUN) {
            state = State.PROVEN;
        }
    }

    /** Time has passed. */
    void age(Instant now) {
        if (state == State.BEGUN && !now.isBefore(began.plus(PROVEN_AFTER))) {
            state = State.PROVEN;
        }
    }
}
