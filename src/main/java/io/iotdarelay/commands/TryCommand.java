package io.iotdarelay.commands;

import io.iotdarelay.devices.DirectoryFile;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.SourceRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Shows what records become. */
@Command(
        name = "try",
        description = {
            "Shows what records become: the requests, where each value comes from, or why a record becomes a dead letter. Nothing is sent.",
            ""
        },
        footer = {
            "",
            "Without FILE and --topic the record is read from the standard input.",
            "Exit code 0: nothing is rejected. 1: a record is rejected, or the configuration is invalid. 2: the command line is wrong."
        })
final class TryCommand implements Callable<Integer> {

    private static final int MOST_SHOWN = 20;

    private final Settings settings;

    @Mixin
    private final Settings.Common common = new Settings.Common();

    @Parameters(
            arity = "0..*",
            paramLabel = "FILE",
            description =
                    "A file with the value of a record, a folder of such files, or a folder with record.json and value.*.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = {"-r", "--route"},
            paramLabel = "NAME",
            description = "The route to try; by default the route of the topic, or the only route.")
    private @Nullable String route;

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC",
            description = "The topic of the records. With --last they are read from it.")
    private @Nullable String topic;

    @Option(
            names = "--last",
            paramLabel = "N",
            description =
                    "Read about the last N records of --topic: an equal share of each partition, without a consumer group.")
    private @Nullable Integer last;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "How long reading from Kafka may take; ${DEFAULT-VALUE} by default.")
    private int timeout;

    @Option(names = "--key", paramLabel = "TEXT", description = "The record's key.")
    private @Nullable String key;

    @Option(names = "--header", paramLabel = "NAME=TEXT", description = "A header of the record. May be repeated.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--timestamp",
            paramLabel = "TIME",
            description = "The record's timestamp, such as 2026-01-01T00:00:00Z; by default the current time.")
    private @Nullable Instant timestamp;

    @Option(names = "--lines", description = "Each line of the input is a record.")
    private boolean lines;

    @Option(
            names = "--watch",
            description =
                    "Keep running, and try again whenever a configuration file, the directory or an input file changes.")
    private boolean watch;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    TryCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws IOException, UsageException {
        byte @Nullable [] input =
                files.isEmpty() && last == null ? settings.surroundings().in().readAllBytes() : null;
        if (!watch) {
            return once(input);
        }
        while (true) {
            FileWatch watched = new FileWatch(watchedFiles());
            int unused = once(input);
            PrintWriter out = settings.surroundings().out();
            out.println("--- waiting for a change; Ctrl-C ends");
            out.flush();
            if (!watched.awaitChange()) {
                return Commands.OK;
            }
        }
    }

    private List<Path> watchedFiles() {
        Configured configured = settings.read(common);
        List<Path> all = new ArrayList<>(configured.files());
        all.addAll(files);
        settings.arguments(common).stream()
                .filter(argument -> argument.startsWith("--spring.config."))
                .flatMap(argument ->
                        List.of(argument.substring(argument.indexOf('=') + 1).split("[,;]")).stream())
                .map(location -> Path.of(location.replaceFirst("^(optional:)?(file:)?", "")))
                .forEach(all::add);
        configured.devices().flatMap(DirectoryFile::path).ifPresent(all::add);
        return all;
    }

    private int once(byte @Nullable [] input) throws IOException, UsageException {
        Surroundings here = settings.surroundings();
        Configured configured = settings.read(common);
        List<SettingsProblem> problems = configured.untried();
        if (!problems.isEmpty()) {
            here.err().println("The mapping is invalid:");
            problems.forEach(problem -> here.err().println("  " + problem));
            return Commands.FINDINGS;
        }
        try (Surroundings.Schemas schemas = here.registry().open(settings.arguments(common))) {
            return once(input, configured, new Trial(configured, configured.directory(), schemas));
        }
    }

    private int once(byte @Nullable [] input, Configured configured, Trial trial) throws IOException, UsageException {
        Surroundings here = settings.surroundings();
        Optional<Route> chosen = chosen(trial);
        String assumed = topic != null
                ? topic
                : chosen.flatMap(one -> trial.topicOf(one.name())).orElse("topic");
        TopicReader.Reading reading = records(configured, assumed, input);
        if (!(reading instanceof TopicReader.Reading.Read read)) {
            here.err().println(((TopicReader.Reading.Failed) reading).why());
            return Commands.FINDINGS;
        }
        List<Tried> tried = read.records().stream()
                .map(record -> chosen.map(one -> trial.of(record, one)).orElseGet(() -> trial.of(record)))
                .toList();
        return show(tried, read.complete(), here);
    }

    private int show(List<Tried> tried, boolean complete, Surroundings here) {
        Summary summary = new Summary(tried, complete);
        boolean summarised = last != null || tried.size() > MOST_SHOWN;
        if (json && summarised) {
            here.out().println(Shown.PRETTY.writeValueAsString(summary.json()));
        } else if (json) {
            ArrayNode records = JsonNodeFactory.instance.arrayNode();
            tried.forEach(one -> records.add(Shown.json(one)));
            here.out()
                    .println(Shown.PRETTY.writeValueAsString(
                            JsonNodeFactory.instance.objectNode().set("records", records)));
        } else if (summarised) {
            here.out().print(summary.text());
        } else {
            here.out().print(String.join("\n", tried.stream().map(Shown::text).toList()));
        }
        here.out().flush();
        return summary.allDelivered() ? Commands.OK : Commands.FINDINGS;
    }

    private Optional<Route> chosen(Trial trial) throws UsageException {
        if (route != null) {
            Optional<Route> named = trial.named(route);
            if (named.isEmpty()) {
                throw new UsageException(
                        "there is no route '" + route + "'; there are: " + String.join(", ", trial.names()));
            }
            return named;
        }
        if (topic == null && trial.names().size() == 1) {
            return trial.named(trial.names().getFirst());
        }
        if (topic == null && files.isEmpty()) {
            throw new UsageException("--route or --topic is required; there are: " + String.join(", ", trial.names()));
        }
        return Optional.empty();
    }

    private TopicReader.Reading records(Configured configured, String assumed, byte @Nullable [] input)
            throws IOException, UsageException {
        if (last != null) {
            return read(configured);
        }
        List<RecordHeader> given = new ArrayList<>();
        headers.forEach((name, text) -> given.add(new RecordHeader(name, text.getBytes(StandardCharsets.UTF_8))));
        RecordFiles.Frame frame = new RecordFiles.Frame(
                assumed,
                Objects.requireNonNullElseGet(
                        timestamp, () -> settings.surroundings().clock().instant()),
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                List.copyOf(given));
        List<SourceRecord> records = new ArrayList<>();
        if (input != null) {
            records.addAll(RecordFiles.of(input, lines, frame));
        }
        for (Path file : files) {
            records.addAll(RecordFiles.of(file, lines, frame));
        }
        return new TopicReader.Reading.Read(records, true);
    }

    private TopicReader.Reading read(Configured configured) throws UsageException {
        if (topic == null || last == null || last < 1) {
            throw new UsageException("--last needs a number above 0, and --topic");
        }
        if (configured.kafka().isEmpty()) {
            return new TopicReader.Reading.Failed("the configuration of Kafka's clients is invalid: see check");
        }
        return new TopicReader(
                        configured.kafka().get().consumer(),
                        settings.surroundings().clock(),
                        settings.surroundings().nanoTime())
                .last(topic, last, Duration.ofSeconds(timeout));
    }
}
