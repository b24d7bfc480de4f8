package io.iotdarelay.delivery;

import static io.iotdarelay.testing.FakeIotda.answer;
import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.iotdarelay.iotda.Verdict;
import io.iotdarelay.lane.Batch;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.Seeds;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of failures in {@code docs/reliability.md}, row by row, in every state that a lane and a breaker can be in. */
class FailureTableTest {

    /** A row of the table. */
    enum Row {
        ACCEPTED(Then.DELIVER, null, Counts.SUCCESS),
        TOKEN_REFUSED(Then.RETRY, null, Counts.SUCCESS),
        FOREIGN_CHILD(Then.SPLIT_BY_DEVICE, RejectionReason.CHILD_REJECTED, Counts.SUCCESS),
        TOO_LARGE(Then.SPLIT_BY_DEVICE_OR_RECORD, RejectionReason.TOO_LARGE, Counts.SUCCESS),
        THROTTLED(Then.RETRY, null, Counts.NOTHING),
        THROTTLED_FOR_A_WHILE(Then.RETRY, null, Counts.NOTHING),
        THROTTLED_FOR_AN_HOUR(Then.RETRY, null, Counts.NOTHING),
        OUTAGE(Then.RETRY, null, Counts.FAILURE),
        OUTAGE_FOR_A_WHILE(Then.RETRY, null, Counts.FAILURE),
        WRONG_CONFIGURATION(Then.RETRY, null, Counts.WRONG_CONFIGURATION),
        DEVICE_REFUSED(Then.RETRY, null, Counts.SUCCESS),
        OTHER_403(Then.RETRY_TEN_TIMES_THEN_SPLIT, RejectionReason.REFUSED, Counts.SUCCESS),
        OTHER_4XX(Then.SPLIT, RejectionReason.REFUSED, Counts.SUCCESS);

        private final Then then;
        private final @Nullable RejectionReason reason;
        private final Counts counts;

        Row(Then then, @Nullable RejectionReason reason, Counts counts) {
            this.then = then;
            this.reason = reason;
            this.counts = counts;
        }

        Verdict verdict() {
            return switch (this) {
                case ACCEPTED -> new Verdict.Accepted();
                case TOKEN_REFUSED -> new Verdict.InvalidToken(answer(403, "IOTDA.000004"));
                case FOREIGN_CHILD -> new Verdict.ChildRejected(answer(400, "IOTDA.021104"));
                case TOO_LARGE -> new Verdict.TooLarge(answer(403, "IOTDA.021105"));
                case THROTTLED -> new Verdict.Throttled(answer(403, "IOTDA.021101"), false, retryAfter());
                case THROTTLED_FOR_A_WHILE, THROTTLED_FOR_AN_HOUR ->
                    new Verdict.Throttled(answer(429, null), true, retryAfter());
                case OUTAGE, OUTAGE_FOR_A_WHILE ->
                    new Verdict.Unavailable("HTTP 503", Optional.of(answer(503, null)), retryAfter());
                case WRONG_CONFIGURATION -> new Verdict.Misconfigured("HTTP 404", Optional.of(answer(404, null)));
                case DEVICE_REFUSED -> new Verdict.DeviceRefused(answer(401, "IOTDA.000002"));
                case OTHER_403 -> new Verdict.Forbidden(answer(403, null));
                case OTHER_4XX -> new Verdict.Invalid(answer(400, "IOTDA.000006"));
            };
        }

        Optional<Duration> retryAfter() {
            return switch (this) {
                case THROTTLED_FOR_A_WHILE, OUTAGE_FOR_A_WHILE -> Optional.of(Duration.ofSeconds(7));
                case THROTTLED_FOR_AN_HOUR -> Optional.of(Duration.ofHours(1));
                default -> Optional.empty();
            };
        }
    }

    /** What is done with the batch. */
    enum Then {
        DELIVER,
        RETRY,
        SPLIT_BY_DEVICE,
        SPLIT_BY_DEVICE_OR_RECORD,
        SPLIT,
        RETRY_TEN_TIMES_THEN_SPLIT
    }

    /** What it says about the platform. */
    enum Counts {
        SUCCESS,
        FAILURE,
        NOTHING,
        WRONG_CONFIGURATION
    }

    /** What a batch can look like. */
    enum Shape {
        SINGLE,
        SEVERAL,
        ONE_CHILD,
        CHILDREN;

        private List<Report> reports() {
            return switch (this) {
                case SINGLE -> List.of(message("d", "{1}"));
                case SEVERAL -> List.of(properties("d", "{1}"), properties("d", "{2}"), properties("d", "{3}"));
                case ONE_CHILD -> List.of(child("g", "a", "{1}"), child("g", "a", "{2}"));
                case CHILDREN ->
                    List.of(
                            child("g", "a", "{1}"),
                            child("g", "b", "{2}"),
                            child("g", "a", "{3}"),
                            child("g", "c", "{4}"));
            };
        }

        Batch batch(int attempts, int refusals) {
            TestAssignment assignment = new TestAssignment();
            return new Batch(
                    reports().stream()
                            .map(report -> new LaneEntry(inFlight(assignment, 1), report))
                            .toList(),
                    attempts,
                    refusals);
        }
    }

    private final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");

    @ParameterizedTest
    @EnumSource(Row.class)
    void decidesAsTheTableSaysInEveryState(Row row) {
        FailurePolicy policy = new FailurePolicy(Backoff.standard(new SplittableRandom(1)));
        for (Shape shape : Shape.values()) {
            for (int refusals = 0; refusals <= 12; refusals++) {
                for (int failures : new int[] {0, 1, 2, 5, 6, 100}) {
                    for (int invalidTokens = 0; invalidTokens <= 3; invalidTokens++) {
                        Batch batch = shape.batch(refusals + 1, refusals);
                        Streak streak = new Streak(failures, invalidTokens, refusals).with(row.verdict());
                        Decision decision = policy.decide(batch, row.verdict(), streak);
                        assertThat(decision)
                                .as("%s %s after %d refusals, %s", row, shape, refusals, streak)
                                .satisfies(decided -> check(row, batch, streak, decided));
                    }
                }
            }
        }
    }

    private static void check(Row row, Batch batch, Streak streak, Decision decision) {
        boolean several = batch.entries().size() > 1;
        boolean severalDevices = batch.devices().size() > 1;
        switch (row.then) {
            case DELIVER -> assertThat(decision).isEqualTo(new Decision.Deliver());
            case RETRY -> retries(row, streak, decision);
            case SPLIT_BY_DEVICE -> {
                if (severalDevices) {
                    splits(batch.halvesByDevice(), decision);
                } else {
                    rejects(row, decision);
                }
            }
            case SPLIT_BY_DEVICE_OR_RECORD -> {
                if (severalDevices) {
                    splits(batch.halvesByDevice(), decision);
                } else if (several) {
                    splits(batch.halves(), decision);
                } else {
                    rejects(row, decision);
                }
            }
            case SPLIT, RETRY_TEN_TIMES_THEN_SPLIT -> {
                if (row.then == Then.RETRY_TEN_TIMES_THEN_SPLIT && batch.refusals() < 10) {
                    retries(row, streak, decision);
                } else if (several) {
                    splits(batch.halves(), decision);
                } else {
                    rejects(row, decision);
                }
            }
        }
    }

    /** A random time of up to 1, 2, 4 ... 30 seconds, or as long as the platform asks, 5 minutes at most. */
    private static void retries(Row row, Streak streak, Decision decision) {
        assertThat(decision).isInstanceOfSatisfying(Decision.Retry.class, retry -> {
            if (row == Row.TOKEN_REFUSED) {
                boolean isFirst = streak.invalidTokens() == 1;
                assertThat(retry.delay()).isBetween(Duration.ZERO, isFirst ? Duration.ZERO : Duration.ofSeconds(4));
                assertThat(retry.why()).isEqualTo(Waiting.BACKOFF);
                return;
            }
            long bound = streak.failures() > 5 ? 30 : 1L << (streak.failures() - 1);
            Duration asked = row == Row.WRONG_CONFIGURATION
                    ? Duration.ofSeconds(1)
                    : row.retryAfter()
                            .map(wanted -> wanted.compareTo(Duration.ofMinutes(5)) < 0 ? wanted : Duration.ofMinutes(5))
                            .orElse(Duration.ZERO);
            Duration most = asked.toSeconds() > bound ? asked : Duration.ofSeconds(bound);
            assertThat(retry.delay()).isBetween(asked, most);
            assertThat(retry.why()).isEqualTo(row.counts == Counts.FAILURE ? Waiting.RETRY : Waiting.BACKOFF);
        });
    }

    private static void splits(List<Batch> parts, Decision decision) {
        assertThat(decision).isEqualTo(new Decision.Split(parts));
        assertThat(parts).hasSize(2);
    }

    private static void rejects(Row row, Decision decision) {
        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.Reject.class,
                        reject -> assertThat(reject.reason()).isEqualTo(row.reason));
    }

    @ParameterizedTest
    @EnumSource(Row.class)
    void opensNoBreakerButForItsOwnFault(Row row) {
        for (boolean report : List.of(true, false)) {
            Three three = new Three();
            for (int i = 0; i < 50; i++) {
                three.ask(report, "d" + i, row.verdict());
            }

            assertThat(three.of(report).getState()).isEqualTo(row.counts == Counts.FAILURE ? State.OPEN : State.CLOSED);
            assertThat(three.of(!report).getState()).isEqualTo(State.CLOSED);
            assertThat(three.configuration.getState())
                    .isEqualTo(row.counts == Counts.WRONG_CONFIGURATION ? State.OPEN : State.CLOSED);
        }
    }

    /** Most devices have a token: whether the platform is there shows in their reports. */
    @Test
    void deviceWhoseAuthenticationsFailStopsNobodyWhileOthersReport() {
        Three three = new Three();
        for (int i = 0; i < 50; i++) {
            three.ask(false, "bad", unavailable());
            three.ask(true, "good-" + i % 5, new Verdict.Accepted());
        }

        assertThat(three.authentications.getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void authenticationsThatFailForManyDevicesOpenTheirBreakerThoughOthersReport() {
        Three three = new Three();
        for (int i = 0; i < 20; i++) {
            three.ask(false, "bad-" + i, unavailable());
            three.ask(true, "good-" + i % 5, new Verdict.Accepted());
        }

        assertThat(three.authentications.getState()).isEqualTo(State.OPEN);
    }

    private static Verdict unavailable() {
        return new Verdict.Unavailable("HTTP 503", Optional.empty(), Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(Row.class)
    void closesAHalfOpenBreakerOnlyByWhatThePlatformHasJudged(Row row) {
        for (boolean report : List.of(true, false)) {
            Three three = new Three();
            three.of(report).transitionToOpenState();
            three.of(report).transitionToHalfOpenState();
            for (int i = 0; i < 3; i++) {
                three.ask(report, "d" + i, row.verdict());
            }

            assertThat(three.of(report).getState())
                    .isEqualTo(
                            switch (row.counts) {
                                case SUCCESS -> State.CLOSED;
                                case FAILURE -> State.OPEN;
                                case NOTHING, WRONG_CONFIGURATION -> State.HALF_OPEN;
                            });
        }
    }

    @ParameterizedTest
    @EnumSource(Row.class)
    void endsAWrongConfigurationByAnyAnswerThatIsNone(Row row) {
        Three three = new Three();
        three.ask(true, "d", Row.WRONG_CONFIGURATION.verdict());
        assertThat(three.breakers.tryReport()).isFalse();
        assertThat(three.breakers.tryAuthenticate()).isFalse();

        three.configuration.transitionToHalfOpenState();
        three.ask(true, "d", row.verdict());

        assertThat(three.configuration.getState())
                .isEqualTo(
                        switch (row.counts) {
                            case SUCCESS, NOTHING -> State.CLOSED;
                            case FAILURE -> State.HALF_OPEN;
                            case WRONG_CONFIGURATION -> State.OPEN;
                        });
    }

    @Test
    void refusesWhatItsOwnBreakerRefuses() {
        Three three = new Three();
        three.reports.transitionToOpenState();

        assertThat(three.breakers.tryReport()).isFalse();
        assertThat(three.breakers.tryAuthenticate()).isTrue();
        assertThat(three.breakers.all())
                .extracting(Breaker::name)
                .containsExactly("configuration", "iotda", "device-auth");
    }

    /** Whatever is asked, told and given up: who is half open at last has its probes, used or free. */
    @Test
    void losesNoPermission() {
        Seeds.each(3_000, random -> {
            Three three = new Three();
            three.all().filter(breaker -> random.nextBoolean()).forEach(CircuitBreaker::transitionToOpenState);
            List<Row> rows = random.ints(1 + random.nextInt(3), 0, Row.values().length)
                    .mapToObj(List.of(Row.values())::get)
                    .toList();
            List<Boolean> permitted = new ArrayList<>();
            for (int step = 0; step < 100; step++) {
                if (random.nextBoolean()) {
                    boolean report = random.nextBoolean();
                    if (report ? three.breakers.tryReport() : three.breakers.tryAuthenticate()) {
                        permitted.add(report);
                    }
                } else if (!permitted.isEmpty()) {
                    three.end(permitted.remove(random.nextInt(permitted.size())), rows, random);
                }
                if (random.nextInt(10) == 0) {
                    three.halfOpen(random);
                }
            }
            permitted.forEach(report -> three.end(report, rows, random));
            three.all().filter(breaker -> breaker.getState() == State.HALF_OPEN).forEach(breaker -> {
                int probes = breaker.getCircuitBreakerConfig().getPermittedNumberOfCallsInHalfOpenState();
                int free = breaker.getMetrics().getNumberOfBufferedCalls();
                while (free < probes && breaker.tryAcquirePermission()) {
                    free++;
                }
                assertThat(free).as(breaker.getName()).isGreaterThanOrEqualTo(probes);
            });
        });
    }

    /** One bad child costs six rounds, and each further one six more at the most. */
    @Test
    void isolatesAnyForeignChildrenOfFiftyWithinSixRounds() {
        FailurePolicy policy = new FailurePolicy(Backoff.standard(new SplittableRandom(1)));
        Seeds.each(1_000, random -> {
            Set<DeviceId> bad = new HashSet<>();
            int howMany = 1 + random.nextInt(random.nextInt(4) == 0 ? 50 : 3);
            for (int i = 0; i < howMany; i++) {
                bad.add(new DeviceId("c" + random.nextInt(50)));
            }
            TestAssignment assignment = new TestAssignment();
            List<LaneEntry> entries = Stream.concat(
                            IntStream.range(0, 50).boxed(),
                            IntStream.range(0, 50).mapToObj(i -> random.nextInt(50)))
                    .map(i -> new LaneEntry(inFlight(assignment, i), child("g", "c" + i, "{}")))
                    .toList();
            List<DeviceId> rejected = new ArrayList<>();
            int requests = send(policy, Batch.of(entries), bad, rejected, 0);

            assertThat(rejected).containsExactlyInAnyOrderElementsOf(bad);
            assertThat(requests).isLessThanOrEqualTo(1 + 2 * 6 * bad.size());
        });
    }

    private static int send(FailurePolicy policy, Batch batch, Set<DeviceId> bad, List<DeviceId> rejected, int round) {
        assertThat(round).isLessThanOrEqualTo(6);
        Verdict verdict =
                batch.devices().stream().anyMatch(bad::contains) ? Row.FOREIGN_CHILD.verdict() : Row.ACCEPTED.verdict();
        return switch (policy.decide(batch, verdict, Streak.NONE.with(verdict))) {
            case Decision.Deliver ignored -> 1;
            case Decision.Reject ignored -> {
                rejected.addAll(batch.devices());
                yield 1;
            }
            case Decision.Split split ->
                1
                        + split.parts().stream()
                                .mapToInt(part -> send(policy, part, bad, rejected, round + 1))
                                .sum();
            case Decision.Retry retry -> throw new AssertionError(retry);
        };
    }

    /** The three breakers. */
    private final class Three {
        private final CircuitBreaker configuration = breaker("configuration", 1, 1, 1);
        private final CircuitBreaker reports = breaker("iotda", 20, 10, 3);
        private final CircuitBreaker authentications = breaker("device-auth", 20, 10, 3);
        private final Breakers breakers =
                new Breakers(new Breaker(configuration), new Breaker(reports), new Breaker(authentications), clock);

        Stream<CircuitBreaker> all() {
            return Stream.of(configuration, reports, authentications);
        }

        CircuitBreaker of(boolean report) {
            return report ? reports : authentications;
        }

        void ask(boolean report, String device, Verdict verdict) {
            if (report ? breakers.tryReport() : breakers.tryAuthenticate()) {
                tell(report, device, verdict);
            }
        }

        void end(boolean report, List<Row> rows, RandomGenerator random) {
            if (random.nextInt(6) > 0) {
                Row row = rows.get(random.nextInt(rows.size()));
                tell(report, "d" + random.nextInt(30), row.verdict());
            } else if (report) {
                breakers.reportCancelled();
            } else {
                breakers.authenticationCancelled();
            }
        }

        void halfOpen(RandomGenerator random) {
            all().filter(breaker -> breaker.getState() == State.OPEN && random.nextBoolean())
                    .forEach(CircuitBreaker::transitionToHalfOpenState);
        }

        private void tell(boolean report, String device, Verdict verdict) {
            if (report) {
                breakers.reported(new DeviceId(device), verdict);
            } else {
                breakers.authenticated(new DeviceId(device), verdict);
            }
        }

        private static CircuitBreaker breaker(String name, int window, int least, int probes) {
            return CircuitBreaker.of(
                    name,
                    CircuitBreakerConfig.custom()
                            .slidingWindow(window, least, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                            .failureRateThreshold(50)
                            .waitDurationInOpenState(Duration.ofDays(1))
                            .permittedNumberOfCallsInHalfOpenState(probes)
                            .build());
        }
    }
}
