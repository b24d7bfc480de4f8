package io.iotdarelay.pipeline;

import io.iotdarelay.source.PollLoop;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the poll thread last and stops it first, so that everything it needs is available while it drains, including health
 * and metrics.
 */
public final class RelayLifecycle implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(RelayLifecycle.class);

    private final PollLoop loop;
    private final List<EndsBeforePolling> first;
    private final Settlements settlements;
    private volatile @Nullable Thread thread;

    /**
     * Nothing runs yet.
     *
     * @param first what ends before the poll thread
     * @param settlements what waits for that thread, and must not once it has ended
     */
    public RelayLifecycle(PollLoop loop, List<EndsBeforePolling> first, Settlements settlements) {
        this.loop = loop;
        this.settlements = settlements;
        this.first = List.copyOf(first);
    }

    @Override
    public void start() {
        Thread started = Thread.ofPlatform()
                .name("relay-poll")
                .uncaughtExceptionHandler(
                        (dead, defect) -> log.atError().setCause(defect).log("The poll thread died; liveness is DOWN"))
                .unstarted(loop);
        thread = started;
        settlements.begin();
        started.start();
    }

    @Override
    public void stop(Runnable callback) {
        Thread running = thread;
        Thread.ofVirtual().start(() -> {
            first.forEach(EndsBeforePolling::end);
            end(running);
            callback.run();
        });
    }

    @Override
    public void stop() {
        first.forEach(EndsBeforePolling::end);
        end(thread);
    }

    private void end(@Nullable Thread running) {
        loop.stop();
        await(running);
        settlements.end();
        thread = null;
    }

    /** Whether the poll thread has ended although it was not stopped. Callable from any thread. */
    public boolean isDead() {
        Thread running = thread;
        return running != null && !running.isAlive();
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    private static void await(@Nullable Thread running) {
        try {
            if (running != null) {
                running.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
