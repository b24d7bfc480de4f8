package io.iotdarelay.redrive;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A redrive on this instance: how far it is. One thread works on it; any thread may look, or cancel it. */
final class RedriveRun {

    /** What it is doing. */
    enum State {
        COLLECTING("collecting"),
        SENDING("sending"),
        DONE("done"),
        CANCELLED("cancelled"),
        FAILED("failed");

        private final String code;

        State(String code) {
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    private static final int ENOUGH = 100;

    private final String id;
    private final RedriveOrder order;
    private final Instant begin;
    private final Map<String, Integer> skipped = new ConcurrentHashMap<>();
    private final Map<String, Integer> rejected = new ConcurrentHashMap<>();
    private volatile State state = State.COLLECTING;
    private volatile boolean cancelled;
    private volatile int found;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger delivered = new AtomicInteger();
    private final AtomicInteger elsewhere = new AtomicInteger();
    private volatile @Nullable Instant end;
    private volatile @Nullable String trouble;

    RedriveRun(String id, RedriveOrder order, Instant begin) {
        this.id = id;
        this.order = order;
        this.begin = begin;
    }

    String id() {
        return id;
    }

    RedriveOrder order() {
        return order;
    }

    boolean isCancelled() {
        return cancelled;
    }

    boolean isOver() {
        return end != null;
    }

    /** It ends soon. Returns whether it was running. */
    boolean cancel() {
        cancelled = true;
        return !isOver();
    }

    /**
     * It is known what it has to send.
     *
     * @param letters how many, without those that it skipped already
     */
    void sending(int letters) {
        found = letters + count(skipped);
        state = State.SENDING;
    }

    void sent() {
        int unused = sent.incrementAndGet();
    }

    void skip(String why) {
        skipped.merge(why, 1, Integer::sum);
    }

    void delivered() {
        int unused = delivered.incrementAndGet();
    }

    /** It became a dead letter again. When most do, something is not mended yet, and the others need not try. */
    void rejected(String reason) {
        rejected.merge(reason, 1, Integer::sum);
        int failed = count(rejected);
        if (failed >= ENOUGH && failed > delivered.get()) {
            failed("most of the letters became dead letters again");
        }
    }

    /** It was not sent after all. */
    void left(String why) {
        int unused = sent.decrementAndGet();
        skip(why);
    }

    void elsewhere() {
        int unused = sent.decrementAndGet();
        leftElsewhere();
    }

    /** It was not sent, like one before it of the same partition. */
    void leftElsewhere() {
        int unused = elsewhere.incrementAndGet();
    }

    void failed(String why) {
        trouble = why;
    }

    void end(Instant now) {
        state = trouble != null ? State.FAILED : cancelled ? State.CANCELLED : State.DONE;
        end = now;
    }

    private static int count(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(count -> count).sum();
    }

    /** How many are under way. */
    int inFlight() {
        return Math.max(0, sent.get() - delivered.get() - count(rejected));
    }

    boolean hasTrouble() {
        return trouble != null;
    }

    Redriver.Progress progress() {
        return new Redriver.Progress(
                id,
                state.code(),
                begin,
                Optional.ofNullable(end),
                found,
                sent.get(),
                delivered.get(),
                new TreeMap<>(rejected),
                new TreeMap<>(skipped),
                elsewhere.get(),
                inFlight(),
                Math.max(0, found - count(skipped) - elsewhere.get() - sent.get()),
                Optional.ofNullable(trouble));
    }
}
