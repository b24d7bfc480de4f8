package io.iotdarelay.model;

import io.iotdarelay.settings.EverySecond;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that keeps the models up to date. Without models there is none, and what it is asked to do is not done. */
public final class ModelThread implements Executor, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ModelThread.class);

    private final List<Task> tasks = new CopyOnWriteArrayList<>();
    private final Optional<EverySecond> thread;

    /** What is done every second, whatever became of it the last time. A defect is logged once, until it has worked again. */
    private static final class Task implements Runnable {
        private final Runnable what;
        private boolean failing;

        Task(Runnable what) {
            this.what = what;
        }

        @Override
        public void run() {
            try {
                what.run();
                failing = false;
            } catch (RuntimeException defect) {
                if (!failing) {
                    log.atError()
                            .setCause(defect)
                            .log("The product models could not be kept up to date because of a defect of the relay");
                }
                failing = true;
            }
        }
    }

    ModelThread(ModelKeeper keeper) {
        tasks.add(new Task(keeper::refresh));
        tasks.add(new Task(keeper::settle));
        thread = keeper.get().areAny() ? Optional.of(new EverySecond("relay-models", this::tick)) : Optional.empty();
    }

    /** Does everything once. */
    void tick() {
        tasks.forEach(Task::run);
    }

    /**
     * Does something now, and then every second.
     *
     * @param what must not wait
     */
    public void everySecond(Runnable what) {
        Task task = new Task(what);
        tasks.add(task);
        execute(task);
    }

    /** Does something soon; not any more when the relay is being stopped. */
    @Override
    public void execute(Runnable what) {
        thread.ifPresent(running -> running.execute(what));
    }

    @Override
    public void close() {
        thread.ifPresent(EverySecond::close);
    }
}
