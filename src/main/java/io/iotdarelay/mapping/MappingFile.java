package io.iotdarelay.mapping;

import io.iotdarelay.settings.FileState;
import io.iotdarelay.settings.SettingsProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mapping in a file of its own. One thread calls {@link #refresh()} periodically; it reads the file when it has changed and
 * was then unchanged for one call, so that a file is not read while it is written. A mapping that is wrong anywhere is
 * refused as a whole, and the one in force stays.
 */
public final class MappingFile {

    private static final Logger log = LoggerFactory.getLogger(MappingFile.class);
    private static final int MOST_PROBLEMS = 20;

    /** Reads and compiles the file as it is now. */
    @FunctionalInterface
    public interface Reading {
        RouteCompiler.Compilation read() throws IOException;
    }

    /** What depends on the routes elsewhere. */
    @FunctionalInterface
    public interface Surroundings {

        /** Prepares for other routes; they are not in force yet, and may never be. */
        Prepared prepare(Routes routes);
    }

    /**
     * What was prepared for other routes.
     *
     * @param problems why these routes cannot be used; empty if they can
     * @param adopted runs on the poll thread when they are adopted
     */
    public record Prepared(List<SettingsProblem> problems, Runnable adopted) {

        public Prepared {
            problems = List.copyOf(problems);
        }
    }

    private final Path file;
    private final Reading reading;
    private final Surroundings surroundings;
    private final RoutesInForce routes;
    private final InstantSource time;
    private @Nullable FileState seen;
    private @Nullable FileState judged;
    private volatile MappingStatus status;

    /** A mapping that has just been read for the first time. */
    public MappingFile(
            Path file, Reading reading, Surroundings surroundings, RoutesInForce routes, InstantSource time) {
        this.file = file;
        this.surroundings = surroundings;
        this.reading = reading;
        this.routes = routes;
        this.time = time;
        this.status = new MappingStatus(file.toString(), Optional.of(time.instant()), List.of());
    }

    /** Callable from any thread. */
    public MappingStatus status() {
        return status;
    }

    /** Reads the file if it has changed. What it was like when the relay started is not known, so that it is read once more. */
    public void refresh() {
        try {
            FileState now = FileState.of(file);
            boolean still = now.equals(seen);
            seen = now;
            if (still && !now.equals(judged) && judge(reading.read())) {
                judged = now;
            }
        } catch (IOException e) {
            seen = null;
            judged = null;
            refuse(List.of(file + " cannot be read: " + e.getClass().getSimpleName()));
        } catch (RuntimeException e) { // whatever it is, the next call must come
            seen = null;
            refuse(List.of(file + " cannot be read: " + e.getClass().getSimpleName()));
        }
    }

    /** Whether the verdict holds as long as the file is the same. What it has to fit, such as product models, may change, too. */
    private boolean judge(RouteCompiler.Compilation compilation) {
        return switch (compilation) {
            case RouteCompiler.Compilation.Compiled compiled -> offer(compiled.routes());
            case RouteCompiler.Compilation.Wrong wrong -> {
                refuseFor(wrong.problems());
                yield true;
            }
        };
    }

    private boolean offer(Routes next) {
        Prepared prepared = surroundings.prepare(next);
        if (!prepared.problems().isEmpty()) {
            refuseFor(prepared.problems());
            return false;
        }
        routes.offer(next, prepared.adopted());
        boolean first = judged == null && status.problems().isEmpty();
        status = new MappingStatus(file.toString(), Optional.of(time.instant()), List.of());
        if (!first) {
            log.atInfo()
                    .addKeyValue("file", file)
                    .addKeyValue("routes", next.names().size())
                    .log("The mapping was read again");
        }
        return true;
    }

    private void refuseFor(List<SettingsProblem> problems) {
        refuse(problems.stream().map(SettingsProblem::toString).toList());
    }

    private void refuse(List<String> problems) {
        List<String> shown = problems.subList(0, Math.min(MOST_PROBLEMS, problems.size()));
        if (shown.equals(status.problems())) {
            return;
        }
        status = new MappingStatus(file.toString(), status.read(), shown);
        log.atError()
                .addKeyValue("file", file)
                .addKeyValue("problems", problems.size())
                .addKeyValue("first", problems.getFirst())
                .log("The mapping is invalid and is not used; the previous one stays in use");
    }
}
