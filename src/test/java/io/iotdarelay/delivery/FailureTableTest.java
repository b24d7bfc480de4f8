package io.iotdarelay.delivery;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.lane.Batch;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.FailureRow;
import io.iotdarelay.testing.Seeds;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of failures in {@code docs/reliability.md}, row by row, in every state that a lane and a breaker can be in. */
class FailureTableTest {

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

    @ParameterizedTest
    @EnumSource(FailureRow.class)
    void decidesAsTheTableSaysInEveryState(FailureRow row) {
        FailurePolicy policy = new FailurePolicy(Backoff.standard(new SplittableRandom(1)), Duration.ofMinutes(5));
        for (Shape shape : Shape.values()) {
            for (int refusals = 0; refusals <= 12; refusals++) {
                for (int failures : new int[] {0, 1, 2, 5, 6, 100}) {
                    for (int invalidTokens = 0; invalidTokens <= 3; invalidTokens++) {
                        Batch batch = shape.batch(refusals + 1, refusals);
                        Streak streak = new Streak(failures, invalidTokens, refusals).with(row.verdict());
                        Decision decision = policy.decide(batch, row.verdict(), streak, Standing.GOOD);
                        assertThat(decision)
                                .as("%s %s after %d refusals, %s", row, shape, refusals, streak)
                                .satisfies(decided -> check(row, batch, streak, decided));
                    }
                }
            }
        }
    }

    private static void check(FailureRow row, Batch batch, Streak streak, Decision decision) {
        boolean several = batch.entries().size() > 1;
        boolean severalDevices = batch.devices().size() > 1;
        switch (row.then()) {
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
            case RETRY_TEN_TIMES_THEN_SET_ASIDE -> {
                if (batch.refusals() < 10) {
                    retries(row, streak, decision);
                } else {
                    assertThat(decision)
                            .isInstanceOfSatisfying(
                                    Decision.SetAside.class,
                                    aside -> assertThat(aside.reason()).isEqualTo(row.reason()));
                }
            }
            case SPLIT, RETRY_TEN_TIMES_THEN_SPLIT -> {
                if (row.then() == FailureRow.Then.RETRY_TEN_TIMES_THEN_SPLIT && batch.refusals() < 10) {
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
    private static void retries(FailureRow row, Streak streak, Decision decision) {
        assertThat(decision).isInstanceOfSatisfying(Decision.Retry.class, retry -> {
            if (row == FailureRow.TOKEN_REFUSED) {
                boolean isFirst = streak.invalidTokens() == 1;
                assertThat(retry.delay()).isBetween(Duration.ZERO, isFirst ? Duration.ZERO : Duration.ofSeconds(4));
                assertThat(retry.why()).isEqualTo(WaitReason.BACKOFF);
                return;
            }
            long bound = streak.failures() > 5 ? 30 : 1L << (streak.failures() - 1);
            Duration asked = row.counts() == FailureRow.Counts.WRONG_CONFIGURATION
                    ? Duration.ofSeconds(1)
                    : row.retryAfter()
                            .map(wanted -> wanted.compareTo(Duration.ofMinutes(5)) < 0 ? wanted : Duration.ofMinutes(5))
                            .orElse(Duration.ZERO);
            Duration most = asked.toSeconds() > bound ? asked : Duration.ofSeconds(bound);
            assertThat(retry.delay()).isBetween(asked, most);
            assertThat(retry.why())
                    .isEqualTo(row.counts() == FailureRow.Counts.FAILURE ? WaitReason.RETRY : WaitReason.BACKOFF);
        });
    }

    private static void splits(List<Batch> parts, Decision decision) {
        assertThat(decision).isEqualTo(new Decision.Split(parts));
        assertThat(parts).hasSize(2);
    }

    private static void rejects(FailureRow row, Decision decision) {
        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.Reject.class,
                        reject -> assertThat(reject.reason()).isEqualTo(row.reason()));
    }

    /** One bad child costs six rounds, and each further one six more at the most. */
    @Test
    void isolatesAnyForeignChildrenOfFiftyWithinSixRounds() {
        FailurePolicy policy = new FailurePolicy(Backoff.standard(new SplittableRandom(1)), Duration.ofMinutes(5));
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
        Verdict verdict = batch.devices().stream().anyMatch(bad::contains)
                ? FailureRow.FOREIGN_CHILD.verdict()
                : FailureRow.ACCEPTED.verdict();
        return switch (policy.decide(batch, verdict, Streak.NONE.with(verdict), Standing.GOOD)) {
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
            case Decision.SetAside aside -> throw new AssertionError(aside);
        };
    }
}
