package io.iotdarelay.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.mapping.Draft;
import io.iotdarelay.mapping.Mapping;
import io.iotdarelay.mapping.Part;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.Drafts;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Sends random records through random routes, and holds what becomes of them against {@link Expectations}. The same seed
 * makes the same cases.
 *
 * <p>As a program: {@code java -cp ... io.iotdarelay.fuzz.Fuzzer MINUTES SEED}. It prints what it finds and continues; it ends
 * with 1 if it has found anything.
 */
public final class Fuzzer {

    /** A record that costs more processor time than this can be used to stop the relay. */
    static final Duration LONGEST = Duration.ofSeconds(1);

    private static final int RECORDS_OF_A_ROUTE = 50;
    private static final int PLACES = 10;
    private static final double NANOS_PER_MINUTE = 60e9;
    private static final int MOST_SHOWN = 2000;

    private static final List<Long> TIMESTAMPS = List.of(
            0L, 1L, 1_793_540_096_789L, 253_402_300_799_999L, 253_402_300_800_000L, Long.MAX_VALUE / 2, Long.MAX_VALUE);

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final RecordDecoders decoders = RecordDecoders.standard();
    private final Map<String, Long> verdicts = new TreeMap<>();

    /** One of each kind: what failed, and where. */
    private final Map<String, String> findings = new TreeMap<>();

    private final long seed;
    private long cases;
    private long slowest;
    private String slowestCase = "none";

    Fuzzer(long seed) {
        this.seed = seed;
    }

    /** What a case has come to, and what it was made of. */
    private record Case(
            RandomRoutes.Attempt attempt, @Nullable SourceRecord record) {

        @Override
        public String toString() {
            String value = record == null || record.value() == null
                    ? "none"
                    : HexFormat.of().formatHex(record.value());
            return attempt.properties() + "\n  timestamp: " + (record == null ? "none" : record.timestamp())
                    + "\n  value: " + value.substring(0, Math.min(value.length(), MOST_SHOWN));
        }
    }

    /** Runs so many cases more. */
    Fuzzer run(long count) {
        for (long i = 0; i < count; i++) {
            next();
        }
        return this;
    }

    long cases() {
        return cases;
    }

    List<String> findings() {
        return List.copyOf(findings.values());
    }

    /** How many records came to what. */
    Map<String, Long> verdicts() {
        return Map.copyOf(verdicts);
    }

    private void next() {
        long number = cases++;
        RandomGenerator ofRoute = new SplittableRandom(seed * 31 + number / RECORDS_OF_A_ROUTE);
        RandomGenerator ofRecord = new SplittableRandom(seed * 1_000_000_007 + number);
        RandomRoutes.Attempt attempt = RandomRoutes.attempt(ofRoute);
        if (attempt.route().isEmpty()) {
            count("route refused");
            return;
        }
        SourceRecord record = record(attempt.route().get().encoding(), ofRecord, number);
        try {
            long start = threads.getCurrentThreadCpuTime();
            String verdict = judge(attempt.route().get(), record, attempt.mayOmitTimes());
            time(threads.getCurrentThreadCpuTime() - start, number);
            count(verdict);
        } catch (RuntimeException | AssertionError | StackOverflowError failure) {
            found(number, new Case(attempt, record), failure);
        }
    }

    private String judge(Route route, SourceRecord record, boolean mayOmitTimes) {
        byte[] value = record.value();
        if (value == null) {
            return "skipped";
        }
        return switch (decoders.of(route.encoding()).decode(record)) {
            case Decoding.Awaiting awaiting ->
                throw new AssertionError("only formats with schemas wait: " + awaiting.detail());
            case Decoding.Undecodable undecodable -> {
                Expectations.ofDetail(undecodable.detail());
                yield "undecodable";
            }
            case Decoding.Decoded decoded -> judge(route, record, decoded.tree(), mayOmitTimes);
        };
    }

    private String judge(Route route, SourceRecord record, JsonNode tree, boolean mayOmitTimes) {
        if (!(route.map(record, tree) instanceof Mapping.Reports reports)) {
            return "not taken";
        }
        String verdict = "nothing to report";
        for (Part part : reports.parts()) {
            verdict = judge(part.draft(), mayOmitTimes);
        }
        assertThat(json(route.map(record, tree))).isEqualTo(json(reports));
        return verdict;
    }

    private static String judge(Draft draft, boolean mayOmitTimes) {
        return switch (draft) {
            case Draft.Unmappable unmappable -> {
                Expectations.ofRejection(unmappable.rejection());
                yield unmappable.rejection().reason().code();
            }
            case Draft.Nothing ignored -> "nothing to report";
            case Draft.Reportable reportable -> {
                Expectations.ofReport(Drafts.report(reportable), mayOmitTimes);
                yield switch (reportable) {
                    case Draft.Properties ignored -> "properties";
                    case Draft.Message ignored -> "message";
                    case Draft.ChildProperties child ->
                        child.gateway() == null ? "child's properties, gateway wanted" : "child's properties";
                };
            }
        };
    }

    /** The same record always becomes the same bytes. */
    private static List<String> json(Mapping mapping) {
        List<String> all = new ArrayList<>();
        for (Part part : ((Mapping.Reports) mapping).parts()) {
            all.add(part.id()
                    + switch (part.draft()) {
                        case Draft.Unmappable ignored -> "";
                        case Draft.Nothing ignored -> "";
                        case Draft.Reportable report ->
                            new String(Drafts.json(report).utf8(), StandardCharsets.UTF_8);
                    });
        }
        return all;
    }

    private static SourceRecord record(Encoding encoding, RandomGenerator random, long number) {
        List<RecordHeader> headers = new ArrayList<>();
        byte[] value = random.nextInt(500) == 0
                ? null
                : new EncodedValues(random, headers).encoded(encoding, Values.document(random));
        if (value != null && random.nextInt(4) == 0) {
            value = Mutations.broken(value, 1 + random.nextInt(3), random);
        }
        byte[] key = random.nextInt(10) == 0 ? null : utf8(Values.text(random));
        if (key != null && random.nextInt(10) == 0) {
            key = Mutations.broken(key, 1, random);
        }
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            headers.add(new RecordHeader("id", random.nextInt(10) == 0 ? null : utf8(Values.text(random))));
        }
        Instant timestamp = Instant.ofEpochMilli(
                random.nextInt(10) == 0 ? Names.any(TIMESTAMPS, random) : 1_793_540_096_789L + number);
        return new SourceRecord(new RecordPosition(RandomRoutes.TOPIC, 0, number), timestamp, key, value, headers);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void count(String verdict) {
        verdicts.merge(verdict, 1L, Long::sum);
    }

    private void time(long nanos, long number) {
        if (nanos > slowest) {
            slowest = nanos;
            slowestCase = "seed " + seed + ", case " + number;
        }
        assertThat(Duration.ofNanos(nanos)).as("processor time").isLessThan(LONGEST);
    }

    private void found(long number, Case what, Throwable failure) {
        count("FOUND " + failure.getClass().getSimpleName());
        String places = Stream.of(failure.getStackTrace())
                .limit(PLACES)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining("\n    at "));
        findings.putIfAbsent(
                failure.getClass() + places,
                "seed " + seed + ", case " + number + ": " + failure + "\n    at " + places + "\n  " + what);
    }

    /** The figures, for a human. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("seed " + seed + ": " + cases + " records\n");
        verdicts.forEach((verdict, count) -> text.append(String.format("%,14d  %s%n", count, verdict)));
        text.append("slowest: ")
                .append(slowest / 1_000_000)
                .append(" ms of processor time, ")
                .append(slowestCase);
        findings().forEach(finding -> text.append("\nFOUND ").append(finding));
        return text.toString();
    }

    public static void main(String[] arguments) {
        long end = System.nanoTime() + (long) (Double.parseDouble(arguments[0]) * NANOS_PER_MINUTE);
        Fuzzer fuzzer = new Fuzzer(Long.parseLong(arguments[1]));
        while (System.nanoTime() < end) {
            fuzzer.run(10_000);
        }
        System.out.println(fuzzer);
        System.exit(fuzzer.findings().isEmpty() ? 0 : 1);
    }
}
