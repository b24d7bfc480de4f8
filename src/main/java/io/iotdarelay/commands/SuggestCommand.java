package io.iotdarelay.commands;

import io.iotdarelay.devices.DirectoryFile;
import io.iotdarelay.telemetry.SourceRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a first route from real records. */
@Command(
        name = "suggest",
        description = {
            "Looks at real records and writes a first route as YAML, with comments. Look it over: it knows forms, not meanings.",
            ""
        },
        footer = {
            "",
            "Exit code 0: a route was written. 1: there are no records that a route could be made of. 2: the command line is wrong."
        })
final class SuggestCommand implements Callable<Integer> {

    private static final String HASH = "# ";

    private final Settings settings;

    @Mixin
    private final Settings.Common common = new Settings.Common();

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC",
            description = "The topic; without --records, records are read from there.")
    private @Nullable String topic;

    @Option(
            names = "--last",
            paramLabel = "N",
            defaultValue = "500",
            description = "Read about the last N records of --topic; ${DEFAULT-VALUE} without.")
    private int last;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "How long reading from Kafka may take; ${DEFAULT-VALUE} without.")
    private int timeout;

    @Option(
            names = "--records",
            paramLabel = "PATH",
            description = "A file or folder of records instead, as for try. May be repeated.")
    private List<Path> paths = new ArrayList<>();

    @Option(names = "--lines", description = "Each line of a file of --records is a record.")
    private boolean lines;

    SuggestCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws IOException, UsageException {
        Surroundings here = settings.surroundings();
        Configured configured = settings.read(common);
        TopicReader.Reading reading = records(configured);
        if (!(reading instanceof TopicReader.Reading.Read read)) {
            here.err().println(((TopicReader.Reading.Failed) reading).why());
            return Commands.FINDINGS;
        }
        Optional<DirectoryFile> directory = configured
                .devices()
                .flatMap(DirectoryFile::path)
                .map(DirectoryFile::read)
                .filter(DirectoryFile::isLoaded);
        Observation seen = new Observation(read.records());
        String of = topic != null
                ? topic
                : read.records().stream()
                        .findFirst()
                        .map(record -> record.position().topic())
                        .orElse("topic");
        here.out().print(heading(seen, read));
        Optional<String> route = new RouteDraft(seen, of, directory).yaml();
        if (route.isEmpty()) {
            here.out().println("# There is nothing that a route could be made of.");
            here.out().flush();
            return Commands.FINDINGS;
        }
        here.out().print(tried(route.get(), of, seen.decoded()));
        here.out().println("relay:");
        here.out().println("  routes:");
        here.out().print(route.get().indent(4));
        here.out().flush();
        return Commands.OK;
    }

    private TopicReader.Reading records(Configured configured) throws IOException, UsageException {
        if (!paths.isEmpty()) {
            RecordFiles.Frame frame = new RecordFiles.Frame(
                    Objects.requireNonNullElse(topic, "topic"),
                    settings.surroundings().clock().instant(),
                    null,
                    List.of());
            List<SourceRecord> records = new ArrayList<>();
            for (Path path : paths) {
                records.addAll(RecordFiles.of(path, lines, frame));
            }
            return new TopicReader.Reading.Read(records, true);
        }
        if (topic == null || last < 1) {
            throw new UsageException("either --topic or --records is required, and --last above 0");
        }
        return configured.kafka().isEmpty()
                ? new TopicReader.Reading.Failed("the configuration of Kafka's clients is invalid: see check")
                : new TopicReader(
                                configured.kafka().get().consumer(),
                                settings.surroundings().clock(),
                                settings.surroundings().nanoTime())
                        .last(topic, last, Duration.ofSeconds(timeout));
    }

    private static String heading(Observation seen, TopicReader.Reading.Read read) {
        StringBuilder heading = new StringBuilder();
        heading.append(HASH)
                .append(read.records().size())
                .append(" records: ")
                .append(seen.decoded().size());
        heading.append(" can be read, ").append(seen.empty()).append(" have no value and are skipped\n");
        if (!read.complete()) {
            heading.append("# not all that were asked for: the time was up\n");
        }
        seen.trouble()
                .forEach((why, count) -> heading.append(HASH)
                        .append(count)
                        .append(" cannot be read: ")
                        .append(oneLine(why))
                        .append('\n'));
        return heading.toString();
    }

    /** Tries the suggestion with the records that it was made from. */
    private String tried(String route, String of, List<SourceRecord> records) {
        Configured suggested = settings.surroundings().configuration().route(route, "suggestion", of);
        if (suggested.routes().isEmpty() || !suggested.mappingProblems().isEmpty()) {
            StringBuilder problems = new StringBuilder("# tried: the route is not valid yet\n");
            suggested
                    .mappingProblems()
                    .forEach(problem -> problems.append(HASH)
                            .append(oneLine(problem.toString()))
                            .append('\n'));
            return problems.toString();
        }
        Trial trial = new Trial(suggested, Optional.empty());
        Map<String, Integer> outcomes = new LinkedHashMap<>();
        for (SourceRecord record : records) {
            Tried tried = trial.of(record, trial.named(trial.names().getFirst()).orElseThrow());
            outcomes.merge(
                    tried.fate() instanceof Tried.Fate.Rejected rejected
                            ? "rejected: " + rejected.rejection().detail()
                            : tried.outcome(),
                    1,
                    Integer::sum);
        }
        StringBuilder result = new StringBuilder();
        outcomes.forEach((outcome, count) -> result.append("# tried with ")
                .append(count)
                .append(" of them: ")
                .append(oneLine(outcome))
                .append('\n'));
        return result.toString();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
