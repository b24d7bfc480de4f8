package io.iotdarelay.limits;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * A platform that works on so many requests at once, queues further ones, and resets those that would queue for too long; and devices
 * that always have something to send to it. In virtual time.
 */
final class ModelPlatform {

    private static final long RESPONSE_TIMEOUT = TimeUnit.SECONDS.toNanos(15);
    private static final long TICK = TimeUnit.SECONDS.toNanos(1);

    private record Answer(long at, long number, ConcurrencyLimit.Slot slot, RequestEnd end) {}

    private final RandomGenerator random;
    private final PriorityQueue<Answer> answers =
            new PriorityQueue<>(Comparator.comparingLong(Answer::at).thenComparingLong(Answer::number));
    private final PriorityQueue<Long> workersFreeAt = new PriorityQueue<>();
    private final ConcurrencyLimit slots;
    private long now = TimeUnit.HOURS.toNanos(1);
    private long base;
    private long longestQueue = Long.MAX_VALUE;
    private double slowDevices;
    private double failingDevices;
    private double failingNodes;
    private long number;
    private int waiting;

    /** What happened in a stretch of time. */
    static final class Tally {
        private int accepted;
        private int failed;
        private int inFlight;
        private long latency;
        private int least = Integer.MAX_VALUE;

        int accepted() {
            return accepted;
        }

        int failed() {
            return failed;
        }

        /** The fewest that were in flight at any answer. */
        int least() {
            return least;
        }

        Duration meanLatency() {
            return Duration.ofNanos(latency / Math.max(1, accepted));
        }
    }

    ModelPlatform(RandomGenerator random, int most, int capacity, Duration base) {
        this.random = random;
        this.base = base.toNanos();
        this.slots = new ConcurrencyLimit(most, new AdaptiveLimit(most, now), most, () -> now);
        capacity(capacity);
    }

    void capacity(int capacity) {
        while (workersFreeAt.size() > capacity) {
            workersFreeAt.remove();
        }
        while (workersFreeAt.size() < capacity) {
            workersFreeAt.add(now);
        }
    }

    void base(Duration value) {
        base = value.toNanos();
    }

    /** What would wait for longer is reset. */
    void longestQueue(Duration value) {
        longestQueue = value.toNanos();
    }

    /** This share of requests takes two seconds more, wherever they wait. */
    void slowDevices(double share) {
        slowDevices = share;
    }

    /** This share of requests meets a node that fails at once. */
    void failingNodes(double share) {
        failingNodes = share;
    }

    /** This share of requests is of devices that fail each time. */
    void failingDevices(double share) {
        failingDevices = share;
    }

    int limit() {
        return slots.slots();
    }

    void startSlowly() {
        slots.startSlowly();
    }

    Tally run(Duration duration, int devices) {
        Tally tally = new Tally();
        long end = now + duration.toNanos();
        long tick = now + TICK;
        int inFlight = answers.size();
        for (; waiting + inFlight < devices; waiting++) {
            want();
        }
        while (now < end) {
            Answer next = answers.peek();
            if (next == null || next.at() > tick) {
                now = tick;
                tick += TICK;
                slots.stopCountingOverdue();
                continue;
            }
            answers.remove();
            now = next.at();
            note(tally, next);
            next.slot().close(next.end());
            if (waiting + answers.size() < devices) {
                waiting++;
                want();
            }
        }
        return tally;
    }

    private void note(Tally tally, Answer answer) {
        tally.least = Math.min(tally.least, answers.size());
        tally.inFlight = Math.max(tally.inFlight, answers.size());
        if (answer.end() == RequestEnd.ACCEPTED) {
            tally.accepted++;
            tally.latency += now - answer.slot().since();
        } else {
            tally.failed++;
        }
    }

    private void want() {
        boolean failing = random.nextDouble() < failingDevices;
        var unused = slots.acquire(failing, slot -> {
            waiting--;
            answers.add(answer(slot, failing));
        });
    }

    private Answer answer(ConcurrencyLimit.Slot slot, boolean failing) {
        if (failing) {
            return new Answer(now + RESPONSE_TIMEOUT, number++, slot, RequestEnd.FAILED);
        }
        if (random.nextDouble() < failingNodes) {
            return new Answer(now + base, number++, slot, RequestEnd.FAILED);
        }
        long begins = Math.max(now, workersFreeAt.element());
        if (begins - now > longestQueue) {
            return new Answer(now + base / 10, number++, slot, RequestEnd.FAILED);
        }
        long ends = begins + (long) (base * (0.8 + 0.4 * random.nextDouble()));
        workersFreeAt.remove();
        workersFreeAt.add(ends);
        if (random.nextDouble() < slowDevices) {
            ends += TimeUnit.SECONDS.toNanos(2);
        }
        return ends - now > RESPONSE_TIMEOUT
                ? new Answer(now + RESPONSE_TIMEOUT, number++, slot, RequestEnd.FAILED)
                : new Answer(ends, number++, slot, RequestEnd.ACCEPTED);
    }
}
