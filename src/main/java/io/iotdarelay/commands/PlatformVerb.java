package io.iotdarelay.commands;

import io.iotdarelay.commands.Surroundings.Application;
import io.iotdarelay.settings.SettingsProblem;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of all verbs that ask the application side, and how they begin. */
final class PlatformVerb {

    private static final double LEAST_RATE = 1;
    private static final double MOST_RATE = 1000;

    @Mixin
    private final Settings.Common common = new Settings.Common();

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Make at most N calls a second; relay.platform.requests-per-second by default.")
    private @Nullable Double rate;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** What is done with the application side. */
    @FunctionalInterface
    interface Work {
        int with(Configured configured, Application application) throws UsageException, IOException;
    }

    boolean json() {
        return json;
    }

    /** Says why nothing was done; who reads JSON gets a document, too. */
    int fails(Surroundings here, String why) {
        here.err().println(why);
        if (json) {
            new Results(here, new Progress(here, 0), true, "device_id", List.of())
                    .end(0, Duration.ZERO, Optional.of(why));
        }
        return Commands.FINDINGS;
    }

    /** Reads the configuration, opens the application side, and closes it in the end. */
    int run(Settings settings, Work work) throws UsageException, IOException {
        if (rate != null && !(rate >= LEAST_RATE && rate <= MOST_RATE)) {
            throw new UsageException("--rate must be between 1 and 1000");
        }
        Surroundings here = settings.surroundings();
        Configured configured = settings.read(common);
        Optional<Application> opened = here.application()
                .open(settings.arguments(common), rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate));
        List<SettingsProblem> problems = configured.problems().stream()
                .filter(problem -> problem.path().startsWith("relay.platform")
                        || problem.path().startsWith("spring.ssl")
                        || problem.path().equals("configuration"))
                .toList();
        try (Application application = opened.orElse(null)) {
            if (!problems.isEmpty()) {
                int code = fails(here, "The configuration of the application side is invalid:");
                problems.forEach(problem -> here.err().println("  " + problem));
                return code;
            }
            if (application == null) {
                return fails(
                        here,
                        "relay.platform is not configured: it needs endpoint, region, project-id, access-key-file and"
                                + " secret-key-file");
            }
            return work.with(configured, application);
        }
    }
}
