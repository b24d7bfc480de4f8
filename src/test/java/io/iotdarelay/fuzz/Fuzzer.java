package io.iotdarelay.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.iotdarelay.decode.Decoding;
import io.iotdarelay.mapping.Explanation;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.model.Validation;
import io.iotdarelay.pipeline.Admissions;
import io.iotdarelay.pipeline.Admissions.Made;
import io.iotdarelay.pipeline.Admissions.Outcome;
import io.iotdarelay.pipeline.Admissions.Refused;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Sends random records through random routes, as the relay does up to the request, and holds what becomes of them against
 * {@link Expectations}. The same seed makes the same cases; the cases of a route follow each other, {@value #RECORDS_OF_A_ROUTE} at a time.
 *
 * <p>As a program: {@code java -cp ... io.iotdarelay.fuzz.Fuzzer MINUTES SEED}. It prints what it finds and continues; it ends
 * with 1 if it has found anything.
 */
public final class Fuzzer implements AutoCloseable {

    static final int RECORDS_OF_A_ROUTE = 10;

    /** Processor time that is worth a line. A record may take half a second by the bounds, on a machine with nothing else to do. */
    private static final Duration SLOW = Duration.ofSeconds(1);

    /** A record that costs more processor time than this can be used to stop the relay. */
    private static final Duration LONGEST = Duration.ofSeconds(20);

    /** Most of what a record allocates is garbage at once. */
    private static final long MOST_ALLOCATED = 1L << 30;

    private static final int MOST_ASKED = 20;
    private static final int PLACES = 10;
    private static final double NANOS_PER_MINUTE = 60e9;
    private static final int MOST_SHOWN = 2000;
    private static final int ROUND = 10_000;
    private static final int ROUNDS_OF_A_LINE = 50;
    private static final String DELIVERED = "iotda-relay-delivered-parts";

    private static final List<Long> TIMESTAMPS = List.of(
            0L, 1L, 1_793_540_096L, 253_402_300_799_999L, 253_402_300_800_000L, Long.MAX_VALUE / 2, Long.MAX_VALUE);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Tallies tallies = new Tallies();
    private final LogWatch log = new LogWatch();
    private final Path directory;

    /** One of each kind: what failed, and where. */
    private final Map<String, String> findings = new TreeMap<>();

    private final long seed;
    private long cases;
    private long routes;
    private long slow;
    private long slowest;
    private String slowestCase = "none";
    private long largest;
    private String largestCase = "none";
    private @Nullable Setup setup;

    Fuzzer(long seed) {
        this.seed = seed;
        try {
            this.directory = Files.createTempDirectory("fuzz");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a case was made of. */
    private record Case(Setup setup, SourceRecord record) {

        @Override
        public String toString() {
            byte[] value = record.value();
            String hex = value == null ? "none" : HexFormat.of().formatHex(value);
            return setup.declared() + "\n  timestamp: " + record.timestamp() + "\n  value: "
                    + hex.substring(0, Math.min(hex.length(), MOST_SHOWN));
        }
    }

    /** Runs so many cases more. */
    Fuzzer run(long count) {
        for (long i = 0; i < count; i++) {
            next();
        }
        return this;
    }

    List<String> findings() {
        return Stream.concat(findings.values().stream(), log.leaks().stream().map("logged: "::concat))
                .toList();
    }

    Tallies tallies() {
        return tallies;
    }

    @Override
    public void close() {
        log.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void next() {
        long number = cases++;
        RandomGenerator random = new SplittableRandom(seed * 1_000_000_007 + number);
        Setup current = setup;
        if (current == null || number % RECORDS_OF_A_ROUTE == 0) {
            routes++;
            current = new Setup(new SplittableRandom(seed * 31 + number / RECORDS_OF_A_ROUTE), directory, tallies);
            setup = current;
        }
        if (current.isRefused()) {
            tallies.verdict("route refused");
            return;
        }
        boolean intact = random.nextInt(4) > 0;
        SourceRecord record = record(current, random, intact, number);
        try {
            new Trial(current, record, intact, random, number).run();
        } catch (RuntimeException | AssertionError | StackOverflowError failure) {
            found(number, new Case(current, record), failure);
        }
    }

    /** What one record becomes. */
    private final class Trial {

        private final Setup with;
        private final SourceRecord record;
        private final boolean intact;
        private final RandomGenerator random;
        private final long number;
        private final String format;

        Trial(Setup with, SourceRecord record, boolean intact, RandomGenerator random, long number) {
            this.with = with;
            this.record = record;
            this.intact = intact;
            this.random = random;
            this.number = number;
            this.format = with.first().format().name();
        }

        void run() {
            Outcome outcome = admitted();
            judge(outcome);
            assertThat(shown(with.checked().admit(with.routes(), record)))
                    .as("the same record again")
                    .isEqualTo(shown(outcome));
            if (outcome instanceof Outcome.Accepted accepted) {
                redrive(accepted);
            }
            if (random.nextInt(25) == 0 && record.value() != null) {
                explain();
            }
        }

        /** Waits for schemas, as the relay does. */
        private Outcome admitted() {
            long time = threads.getCurrentThreadCpuTime();
            long bytes = threads.getCurrentThreadAllocatedBytes();
            Outcome outcome = with.checked().admit(with.routes(), record);
            bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
            spent(threads.getCurrentThreadCpuTime() - time, bytes, number);
            for (int i = 0; i < MOST_ASKED && outcome instanceof Outcome.Postponed; i++) {
                with.schemas().orElseThrow().registry().pass(Duration.ofSeconds(2));
                outcome = with.checked().admit(with.routes(), record);
            }
            return outcome;
        }

        private void judge(Outcome outcome) {
            switch (outcome) {
                case Outcome.Skipped ignored -> verdict("skipped");
                case Outcome.Postponed postponed -> {
                    Expectations.ofDetail(postponed.detail());
                    assertThat(with.schemas().orElseThrow().registry().answers())
                            .as(postponed.detail())
                            .isFalse();
                    verdict("waits");
                }
                case Outcome.Rejected rejected -> {
                    rejected(rejected.rejection());
                    with.routes().forEach(route -> tallies.rejected(with.features(route.name())));
                    rejected.failed().ifPresent(Expectations::ofDetail);
                }
                case Outcome.Accepted accepted -> {
                    Expectations.ofAll(accepted.made(), accepted.refused().size());
                    accepted.made().forEach(this::made);
                    accepted.refused().forEach(this::refused);
                }
            }
        }

        private void made(Made made) {
            RouteProperties route = with.properties(made.id().route());
            spokenFor(made.report().device(), route)
                    .ifPresent(may -> assertThat(may)
                            .as("%s is permitted", made.report().device())
                            .isTrue());
            Expectations.ofReport(made.report(), route).ifPresent(services -> {
                // A model may want another type, and a text be converted to it.
                if (with.models().validationOf(route) != Validation.COERCE) {
                    Expectations.ofTypes(route, services);
                }
                with.models()
                        .of(made.report().device(), route)
                        .ifPresent(rules -> fits(rules, services, with.models().validationOf(route)));
            });
            verdict(
                    switch (made.report()) {
                        case Report.Properties ignored -> "properties";
                        case Report.Message ignored -> "message";
                        case Report.ChildProperties ignored ->
                            made.gatewayWanted() ? "child's properties, gateway wanted" : "child's properties";
                    });
            tallies.accepted(with.features(made.id().route()));
        }

        private void fits(ModelRules rules, JsonNode services, Validation validation) {
            if (validation != Validation.OFF) {
                tallies.verdict("checked against a model");
                assertThat(violations(rules, services, validation)).isEmpty();
            }
        }

        /** Whether the route may speak for a device; nothing where that is seen later, or where there is no rule. */
        private Optional<Boolean> spokenFor(DeviceId device, RouteProperties route) {
            return with.directory()
                    .find(device)
                    .flatMap(entry -> Optional.ofNullable(route.devices())
                            .map(rules -> Expectations.mayBeSpokenFor(device, entry, rules)));
        }

        private void refused(Refused refused) {
            rejected(refused.rejection());
            if (refused.rejection().reason() == RejectionReason.NOT_PERMITTED) {
                DeviceId device = Objects.requireNonNull(refused.rejection().device());
                RouteProperties route = with.properties(refused.id().route());
                assertThat(spokenFor(device, route).filter(may -> !may).isPresent() || route.gatewayId() != null)
                        .as("%s is not permitted", device)
                        .isTrue();
            }
            tallies.rejected(with.features(refused.id().route()));
            if (refused.rejection().reason() == RejectionReason.MODEL_VIOLATION) {
                RouteProperties route = with.properties(refused.id().route());
                unchecked(refused)
                        .ifPresent(report -> with.models()
                                .of(report.device(), route)
                                .ifPresent(rules -> assertThat(violations(
                                                rules,
                                                Expectations.ofReport(report, route)
                                                        .orElseThrow(),
                                                with.models().validationOf(route)))
                                        .as(refused.rejection().detail())
                                        .isNotEmpty()));
            }
        }

        /** The report that there would be without the model. */
        private Optional<Report> unchecked(Refused refused) {
            return with.unchecked().admit(with.routes(), record) instanceof Outcome.Accepted accepted
                    ? accepted.made().stream()
                            .filter(made -> made.id().equals(refused.id()))
                            .map(Made::report)
                            .findFirst()
                    : Optional.empty();
        }

        private void rejected(Rejection rejection) {
            Expectations.ofRejection(rejection, intact);
            verdict(rejection.reason().code());
        }

        /** Sends a record again half of whose parts were delivered: the rest comes, and nothing else. */
        private void redrive(Outcome.Accepted accepted) {
            List<Made> all = accepted.made();
            if (all.size() < 2 || random.nextInt(4) > 0 || names(record).contains(DELIVERED)) {
                return;
            }
            List<RecordHeader> headers = new ArrayList<>(record.headers());
            headers.add(new RecordHeader(DELIVERED, utf8(Admissions.listOf(all.subList(0, all.size() / 2)))));
            SourceRecord again =
                    new SourceRecord(record.position(), record.timestamp(), record.key(), record.value(), headers);
            assertThat(with.checked().admit(with.routes(), again))
                    .isInstanceOfSatisfying(
                            Outcome.Accepted.class,
                            rest -> assertThat(rest.made().stream()
                                            .map(made -> made.id())
                                            .toList())
                                    .isEqualTo(all.subList(all.size() / 2, all.size()).stream()
                                            .map(made -> made.id())
                                            .toList()));
            tallies.verdict("redriven");
        }

        private void explain() {
            if (with.decoders().of(with.routes().getFirst().encoding()).decode(record)
                    instanceof Decoding.Decoded decoded) {
                with.declared().forEach(route -> Explanation.of(route, record, decoded.tree()));
                tallies.verdict("explained");
            }
        }

        private void verdict(String verdict) {
            tallies.verdict(verdict);
            tallies.verdict("format " + format + ": " + verdict);
            with.schemas().ifPresent(schemas -> tallies.verdict("schema " + schemas.last() + ": " + verdict));
        }
    }

    private static List<String> violations(ModelRules rules, JsonNode services, Validation validation) {
        List<String> broken = new ArrayList<>(rules.discarded(services));
        if (validation == Validation.LENIENT) {
            broken.removeIf("enum"::equals);
        }
        if (validation == Validation.STRICT) {
            broken.addAll(rules.described(services));
        }
        return broken;
    }

    private static Collection<String> names(SourceRecord record) {
        return record.headers().stream().map(RecordHeader::name).toList();
    }

    /** All that a record becomes, byte for byte. */
    private static List<String> shown(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted accepted ->
                Stream.concat(
                                accepted.made().stream()
                                        .map(made -> made.id() + " "
                                                + made.report().device() + " "
                                                + made.report().sender() + " "
                                                + new String(
                                                        made.report().json().utf8(), StandardCharsets.UTF_8)),
                                accepted.refused().stream().map(Object::toString))
                        .toList();
            case Outcome.Rejected rejected ->
                rejected.rejection().reason() == RejectionReason.INTERNAL_ERROR
                        ? List.of("defect")
                        : List.of(rejected.toString());
            case Outcome.Skipped ignored -> List.of("skipped");
            case Outcome.Postponed postponed -> List.of(postponed.detail());
        };
    }

    private static SourceRecord record(Setup setup, RandomGenerator random, boolean intact, long number) {
        List<RecordHeader> headers = new ArrayList<>();
        RouteProperties route = setup.first();
        byte[] value = random.nextInt(500) == 0
                ? null
                : new EncodedValues(random, headers, setup.schemas())
                        .encoded(setup.routes().getFirst().encoding(), document(route, random, intact));
        byte[] key = random.nextInt(20) == 0 ? null : Keys.key(route.keyFormat(), random);
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            headers.add(
                    new RecordHeader("id", random.nextInt(10) == 0 ? null : Keys.header(route.headerFormat(), random)));
        }
        if (random.nextInt(100) == 0) {
            headers.add(new RecordHeader(
                    DELIVERED,
                    utf8(Names.any(List.of("fuzz0 0", "fuzz0 0-9999", "fuzz0(/readings)/3 0-1; x", ";"), random))));
        }
        if (!intact) {
            value = value == null || random.nextBoolean()
                    ? value
                    : Mutations.broken(value, 1 + random.nextInt(3), random);
            key = key == null || random.nextInt(3) > 0 ? key : Mutations.broken(key, 1, random);
            headers.replaceAll(header -> broken(header, random));
        }
        Instant timestamp = Instant.ofEpochMilli(
                random.nextInt(10) == 0 ? Names.any(TIMESTAMPS, random) : 1_793_540_096_789L + number);
        return new SourceRecord(new RecordPosition(RandomRoutes.TOPIC, 0, number), timestamp, key, value, headers);
    }

    /** Some are broken before they are written in the route's format. */
    private static byte[] document(RouteProperties route, RandomGenerator random, boolean intact) {
        boolean array = !route.each().isEmpty()
                && List.of("value", "")
                        .contains(String.valueOf(route.each().getFirst().from()));
        byte[] document = Values.document(array, random);
        return intact || random.nextBoolean() ? document : Mutations.broken(document, 1 + random.nextInt(2), random);
    }

    private static RecordHeader broken(RecordHeader header, RandomGenerator random) {
        byte[] value = header.value();
        return value == null || random.nextInt(6) > 0
                ? header
                : new RecordHeader(header.name(), Mutations.broken(value, 1, random));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void spent(long nanos, long bytes, long number) {
        String name = "seed " + seed + ", case " + number;
        if (nanos > SLOW.toNanos()) {
            slow++;
        }
        if (nanos > slowest) {
            slowest = nanos;
            slowestCase = name;
        }
        if (bytes > largest) {
            largest = bytes;
            largestCase = name;
        }
        assertThat(Duration.ofNanos(nanos)).as("processor time").isLessThan(LONGEST);
        assertThat(bytes).as("bytes allocated").isLessThan(MOST_ALLOCATED);
    }

    private void found(long number, Case what, Throwable failure) {
        tallies.verdict("FOUND " + failure.getClass().getSimpleName());
        String places = Stream.of(failure.getStackTrace())
                .filter(place -> !place.getClassName().startsWith("org.assertj"))
                .limit(PLACES)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining("\n    at "));
        String text = "seed " + seed + ", case " + number + ": " + failure + "\n    at " + places + "\n  " + what;
        if (findings.putIfAbsent(failure.getClass() + places + defect(failure), text) == null) {
            System.out.println("FOUND " + text);
        }
    }

    /** Where a defect is that became a dead letter. */
    private static String defect(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return message.startsWith(Expectations.DEFECT)
                ? message.lines()
                        .filter(line -> line.startsWith("\tat "))
                        .limit(3)
                        .collect(Collectors.joining())
                : "";
    }

    /** The figures, for people. */
    @Override
    public String toString() {
        return String.format(
                "seed %d: %,d records, %,d setups of routes, %d findings%n%sslow: %d; slowest: %d ms of processor time, %s%n"
                        + "largest: %,d bytes allocated, %s%nlines logged: %,d",
                seed,
                cases,
                routes,
                findings().size(),
                tallies,
                slow,
                slowest / 1_000_000,
                slowestCase,
                largest,
                largestCase,
                log.lines());
    }

    public static void main(String[] arguments) {
        long begin = System.nanoTime();
        long end = begin + (long) (Double.parseDouble(arguments[0]) * NANOS_PER_MINUTE);
        long seed = Long.parseLong(arguments[1]);
        System.out.println("seed " + seed);
        try (Fuzzer fuzzer = new Fuzzer(seed)) {
            for (int round = 1; System.nanoTime() < end; round++) {
                fuzzer.run(ROUND);
                if (round % ROUNDS_OF_A_LINE == 0) {
                    System.out.printf(
                            "%d minutes: %,d records, %d findings%n",
                            Duration.ofNanos(System.nanoTime() - begin).toMinutes(),
                            fuzzer.cases,
                            fuzzer.findings().size());
                }
            }
            System.out.println(fuzzer);
            System.out.println("unreached: " + fuzzer.tallies.unreached(Features.all()));
            System.exit(fuzzer.findings().isEmpty() ? 0 : 1);
        }
    }
}
