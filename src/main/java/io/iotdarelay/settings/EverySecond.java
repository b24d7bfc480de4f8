package io.iotdarelay.settings;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A thread that does something a second after it was last done, such as looking whether a file has changed. */
public final class EverySecond implements Executor, AutoCloseable {

    private final ScheduledExecutorService thread;

    /**
     * Starts the thread.
     *
     * @param what must not throw: that would be its last time
     */
    public EverySecond(String thread, Runnable what) {
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(thread).daemon().factory());
        Future<?> unused = this.thread.scheduleWithFixedDelay(what, 1, 1, TimeUnit.SECONDS);
    }

    /** Does something else soon, on the same thread; not any more when that is closed. */
    @Override
    public void execute(Runnable other) {
        try {
            thread.execute(other);
        } catch (RejectedExecutionException e) {
            // It was closed meanwhile.
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
