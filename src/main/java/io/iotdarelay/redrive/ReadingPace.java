package io.iotdarelay.redrive;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * How fast letters are looked through: with what the flow leaves of the processors, and little where it leaves nothing. For one question,
 * on its thread.
 */
final class ReadingPace {

    /** Which part of the processors a question may use beside a flow that needs all of them. */
    static final double LEAST = 0.015;

    /** Up to which part of the processors all together are used. */
    static final double MOST = 0.5;

    /** What a short question uses costs nobody anything. */
    private static final long FREE = Duration.ofMillis(20).toNanos();
    /** The CPU time of a process is counted in steps of 10 ms. */
    private static final long WINDOW = Duration.ofMillis(250).toNanos();

    private static final long LONGEST = Duration.ofSeconds(1).toNanos();

    /**
     * What time has passed, in nanoseconds.
     *
     * @param wall since some moment
     * @param process of the processors, for all threads of this process
     * @param thread of the processors, for the thread that asks
     * @param rest lets this thread wait for so long
     */
    record Clocks(LongSupplier wall, LongSupplier process, LongSupplier thread, LongConsumer rest) {}

    private final Clocks clocks;
    private final int processors;
    private boolean isFree = true;
    private double others;
    // When the window began.
    private long wall;
    private long process;
    private long thread;

    ReadingPace(Clocks clocks, int processors) {
        this.clocks = clocks;
        this.processors = processors;
        begin();
    }

    /** For the thread that calls this, and no other one. */
    static ReadingPace ofThisThread(LongSupplier wall) {
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return new ReadingPace(
                new Clocks(wall, process::getProcessCpuTime, threads::getCurrentThreadCpuTime, LockSupport::parkNanos),
                Runtime.getRuntime().availableProcessors());
    }

    private void begin() {
        wall = clocks.wall().getAsLong();
        process = clocks.process().getAsLong();
        thread = clocks.thread().getAsLong();
    }

    /** Rests as long as what was read since the last time is worth. */
    void rest() {
        long passed = Math.max(1, clocks.wall().getAsLong() - wall);
        long own = clocks.thread().getAsLong() - thread;
        if (isFree && own < FREE) {
            return;
        }
        boolean isOver = isFree || passed >= WINDOW;
        if (isOver) {
            long all = clocks.process().getAsLong() - process;
            others = Math.max(0, all - own) / (double) passed / processors;
            isFree = false;
        }
        double allowed = Math.max(LEAST, MOST - others) * processors;
        long pause = Math.min(Math.round(own / allowed) - passed, LONGEST);
        if (pause > 0) {
            clocks.rest().accept(pause);
        }
        if (isOver) {
            begin();
        }
    }
}
