package io.iotdarelay.model;

import io.iotdarelay.settings.FileState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the models up to date. One thread calls {@link #refresh()} periodically; when a file has changed and was then unchanged for
 * one call, all of them are read again. What is wrong then is rejected as a whole, and the former models stay in force.
 */
public final class ModelKeeper implements Supplier<LoadedModels> {

    private static final Logger log = LoggerFactory.getLogger(ModelKeeper.class);

    private final AtomicReference<LoadedModels> current;
    private volatile List<String> problems = List.of();
    private volatile boolean stale;
    private Map<Path, FileState> seen;
    private Map<Path, FileState> read;

    ModelKeeper(LoadedModels models) {
        current = new AtomicReference<>(models);
        read = models.models().files();
        seen = read;
        tell(models);
    }

    /** The models in force. Any thread. */
    @Override
    public LoadedModels get() {
        return current.get();
    }

    /**
     * Checks other routes against the models. Any thread.
     *
     * @return the models for these routes, for {@link #adopt}, or what is wrong
     */
    public ModelCompiler.Compilation prepare(List<RouteShape> routes) {
        LoadedModels now = current.get();
        return now.areFor(routes) ? new ModelCompiler.Compilation.Compiled(now) : now.with(routes);
    }

    /** Replaces the models, when the routes for which they were prepared are adopted. Any thread. */
    @SuppressWarnings("ReferenceEquality") // models are replaced as a whole
    public void adopt(LoadedModels prepared) {
        if (current.getAndSet(prepared) != prepared) {
            stale = true; // the files may have changed since
        }
    }

    /** Why changed files are not in force, if so. Any thread. */
    public Optional<String> trouble() {
        List<String> wrong = problems;
        return wrong.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", wrong));
    }

    /** Reads the files again if one has changed. */
    void refresh() {
        Map<Path, FileState> now = new HashMap<>();
        read.keySet().forEach(file -> now.put(file, FileState.orMissing(file)));
        boolean still = now.equals(seen);
        seen = now;
        if (stale || (still && !now.equals(read))) {
            stale = false;
            read = now;
            reload();
        }
    }

    private void reload() {
        List<String> wrong = new ArrayList<>();
        try {
            LoadedModels former = current.get();
            switch (former.reload()) {
                case ModelCompiler.Compilation.Compiled compiled -> {
                    if (current.compareAndSet(former, compiled.models())) {
                        tell(compiled.models());
                    } else {
                        stale = true; // other routes have been adopted meanwhile: next time
                    }
                }
                case ModelCompiler.Compilation.Wrong failed ->
                    failed.problems().forEach(problem -> wrong.add(problem.toString()));
            }
        } catch (RuntimeException e) { // whatever it is, the next call must come
            wrong.add("a model file cannot be read: " + e.getClass().getSimpleName());
        }
        if (!wrong.isEmpty()) {
            log.atError()
                    .addKeyValue("reason", String.join("; ", wrong))
                    .log("A changed product model is invalid; the previous models stay in force");
        }
        problems = List.copyOf(wrong);
    }

    private static void tell(LoadedModels models) {
        models.describe().forEach(line -> log.atInfo().log("Product model: {}", line));
        models.warnings().forEach(line -> log.atWarn().log("Product model: {}", line));
    }
}
