package io.iotdarelay.commands;

import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.model.ModelOutline;
import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.telemetry.RecordPosition;
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

    /** Where the model's file does not say whose it is. */
    private static final String PRODUCT = "product";

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

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "A product model: properties get its names and types, and what fits none is a comment.")
    private @Nullable Path model;

    SuggestCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws IOException, UsageException {
        Surroundings here = settings.surroundings();
        Configured configured = settings.read(common);
        Optional<ModelOutline> outline = outline();
        TopicReader.Reading reading = records(configured);
        if (!(reading instanceof TopicReader.Reading.Read read)) {
            here.err().println(((TopicReader.Reading.Failed) reading).why());
            return Commands.FINDINGS;
        }
        try (Surroundings.Schemas schemas = here.registry().open(settings.arguments(common))) {
            return suggest(configured, outline, read, schemas);
        }
    }

    private int suggest(
            Configured configured,
            Optional<ModelOutline> outline,
            TopicReader.Reading.Read read,
            Surroundings.Schemas schemas) {
        Surroundings here = settings.surroundings();
        KnownDevices known = new KnownDevices(configured.directory());
        Samples samples = new Samples(read.records(), RecordDecoders.standard(schemas));
        String of = topic != null
                ? topic
                : read.records().stream()
                        .findFirst()
                        .map(record -> record.position().topic())
                        .orElse("topic");
        @Nullable String product = outline.flatMap(ModelOutline::product).orElse(model == null ? null : PRODUCT);
        RouteDraft.Target target = new RouteDraft.Target(of, samples.encoding(), outline, product);
        here.out().print(heading(samples, read));
        List<String> routes = new ArrayList<>();
        DraftNames names = new DraftNames();
        for (Kinds.Kind kind : samples.readable().isEmpty() ? List.<Kinds.Kind>of() : Kinds.of(samples.readable())) {
            new RouteDraft(target, kind, known, names)
                    .yaml()
                    .ifPresentOrElse(
                            routes::add,
                            () -> here.out()
                                    .println("# nothing in " + kind.samples().size()
                                            + " records can be the ID of a device"));
        }
        if (routes.isEmpty()) {
            here.out().println("# There is nothing that a route could be made of.");
            here.out().flush();
            return Commands.FINDINGS;
        }
        String yaml = yaml(routes, product);
        here.out().print(tried(yaml, of, samples.readable(), known, schemas));
        here.out().print(yaml);
        here.out().flush();
        return Commands.OK;
    }

    /** As a file of the configuration has it. */
    private String yaml(List<String> routes, @Nullable String product) {
        StringBuilder yaml = new StringBuilder("relay:\n");
        if (product != null) {
            yaml.append("  models:\n    products:\n      ")
                    .append(YamlText.key(product))
                    .append(": ")
                    .append(YamlText.quotedAlways("file:" + model))
                    .append('\n');
        }
        yaml.append("  routes:\n");
        routes.forEach(route -> yaml.append(route.indent(4)));
        return yaml.toString();
    }

    private Optional<ModelOutline> outline() throws UsageException {
        if (model == null) {
            return Optional.empty();
        }
        return switch (ModelOutline.read(model)) {
            case ModelOutline.Reading.Read read -> Optional.of(read.model());
            case ModelOutline.Reading.Wrong wrong -> throw new UsageException(String.join("\n", wrong.problems()));
        };
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

    private static String heading(Samples samples, TopicReader.Reading.Read read) {
        StringBuilder heading = new StringBuilder();
        heading.append(HASH)
                .append(read.records().size())
                .append(" records: ")
                .append(samples.readable().size());
        heading.append(" can be read, ").append(samples.empty()).append(" have no value and are skipped\n");
        if (!read.complete()) {
            heading.append("# not all that were asked for: the time was up\n");
        }
        samples.trouble()
                .forEach((why, count) -> heading.append(HASH)
                        .append(count)
                        .append(" cannot be read: ")
                        .append(YamlText.oneLine(why))
                        .append('\n'));
        return heading.toString();
    }

    /** Tries the suggestion with the records that it was made from. */
    private String tried(
            String yaml, String of, List<Sample> samples, KnownDevices known, Surroundings.Schemas schemas) {
        Configured suggested = settings.surroundings().configuration().yaml(yaml, "suggestion");
        List<SettingsProblem> problems = suggested.untried();
        if (!problems.isEmpty()) {
            StringBuilder text = new StringBuilder("# tried: the route is not valid yet\n");
            problems.forEach(problem -> text.append(HASH)
                    .append(YamlText.oneLine(problem.toString()))
                    .append('\n'));
            return text.toString();
        }
        // Which devices are known is said elsewhere; but only the directory knows the gateways.
        boolean children = yaml.contains(RouteDraft.BY_DIRECTORY);
        Trial trial = new Trial(suggested, children ? known.directory() : Optional.empty(), schemas);
        Map<String, Integer> outcomes = new LinkedHashMap<>();
        for (Sample sample : samples) {
            Tried tried = trial.of(of(sample.record(), of));
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
                .append(YamlText.oneLine(outcome))
                .append('\n'));
        return result.toString();
    }

    /** The route is that of the topic, wherever the record is from. */
    private static SourceRecord of(SourceRecord record, String topic) {
        RecordPosition position = record.position();
        return new SourceRecord(
                new RecordPosition(topic, position.partition(), position.offset()),
                record.timestamp(),
                record.key(),
                record.value(),
                record.headers());
    }
}
