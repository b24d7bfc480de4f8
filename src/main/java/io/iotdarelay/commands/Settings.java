package io.iotdarelay.commands;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What all verbs share: where they are, and the configuration. */
final class Settings {

    private final Surroundings surroundings;
    private final List<String> arguments;

    /**
     * Reads nothing yet.
     *
     * @param arguments those of Spring
     */
    Settings(Surroundings surroundings, List<String> arguments) {
        this.surroundings = surroundings;
        this.arguments = List.copyOf(arguments);
    }

    /** Options that all verbs have. */
    static final class Common {

        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "A configuration file beside application.yaml, short for"
                        + " --spring.config.additional-location=file:FILE. May be repeated.")
        private List<String> files = new ArrayList<>();

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Print this help, and exit.")
        @SuppressWarnings("UnusedVariable") // picocli prints the help before anything is read
        private boolean help;

        private List<String> files() {
            return files;
        }
    }

    Surroundings surroundings() {
        return surroundings;
    }

    List<String> arguments(Common common) {
        List<String> all = new ArrayList<>(arguments);
        if (!common.files().isEmpty()) {
            String locations = String.join(
                    ",", common.files().stream().map(file -> "file:" + file).toList());
            all.add("--spring.config.additional-location=" + locations);
        }
        return List.copyOf(all);
    }

    Configured read(Common common) {
        return surroundings.configuration().read(arguments(common));
    }
}
