package io.iotdarelay.model;

import io.iotdarelay.settings.EverySecond;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/** The thread that keeps the models up to date. Without models there is none, and what it is asked to do is not done. */
public final class ModelThread implements Executor, AutoCloseable {

    private final List<Runnable> others = new CopyOnWriteArrayList<>();
    private final Optional<EverySecond> thread;

    ModelThread(ModelKeeper keeper) {
        thread = keeper.get().areAny()
                ? Optional.of(new EverySecond("relay-models", () -> {
                    keeper.refresh();
                    others.forEach(Runnable::run);
                }))
                : Optional.empty();
    }

    /**
     * Does something now, and then every second.
     *
     * @param what must not throw, and must not wait
     */
    public void everySecond(Runnable what) {
        others.add(what);
        execute(what);
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
