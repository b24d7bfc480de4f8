package io.iotdarelay.delivery;

import static io.iotdarelay.testing.FakeIotda.answer;
import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.lane.Batch;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailurePolicyTest {

    private final FailurePolicy policy =
            new FailurePolicy(Backoff.standard(new SplittableRandom(1)), Duration.ofMinutes(5));
    private final Batch single = batch(1, properties("d", "{}"));
    private final Batch several = batch(1, properties("d", "{1}"), properties("d", "{2}"), properties("d", "{3}"));
    private final Batch children = batch(1, child("g", "a", "{1}"), child("g", "b", "{2}"), child("g", "a", "{3}"));

    @Test
    void deliversWhatIsAccepted() {
        assertThat(decide(several, new Verdict.Accepted())).isEqualTo(new Decision.Deliver());
    }

    @Test
    void triesAnotherTokenAtOnceAndThenBacksOff() {
        Verdict refused = new Verdict.InvalidToken(answer(403, "IOTDA.000004"));

        assertThat(policy.decide(single, refused, new Streak(5, 1, 0), Standing.GOOD))
                .isEqualTo(new Decision.Retry(Duration.ZERO, WaitReason.BACKOFF));
        assertThat(policy.decide(single, refused, new Streak(0, 2, 0), Standing.GOOD))
                .isInstanceOfSatisfying(
                        Decision.Retry.class,
                        retry -> assertThat(retry.delay()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1)));
    }

    @Test
    void retriesWhileThePlatformIsDown() {
        assertRetry(
                policy.decide(several, unavailable(null), new Streak(4, 0, 0), Standing.GOOD), WaitReason.RETRY, 0, 8);
    }

    @Test
    void waitsAsLongAsThePlatformAsksWithinReason() {
        assertRetry(
                policy.decide(several, unavailable(Duration.ofSeconds(40)), new Streak(1, 0, 0), Standing.GOOD),
                WaitReason.RETRY,
                40,
                40);
        assertRetry(
                policy.decide(several, unavailable(Duration.ofDays(40)), new Streak(1, 0, 0), Standing.GOOD),
                WaitReason.RETRY,
                300,
                300);
        assertRetry(
                policy.decide(several, unavailable(Duration.ZERO), new Streak(3, 0, 0), Standing.GOOD),
                WaitReason.RETRY,
                0,
                4);
    }

    @Test
    void waitsLongerThanThePlatformAsksWhereItsOwnBackoffDoes() {
        List<Duration> delays = IntStream.range(0, 100)
                .mapToObj(i -> policy.delay(unavailable(Duration.ofSeconds(7)), new Streak(10, 0, 0)))
                .toList();

        assertThat(delays)
                .allSatisfy(delay -> assertThat(delay).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(30)));
        assertThat(delays).anySatisfy(delay -> assertThat(delay).isGreaterThan(Duration.ofSeconds(20)));
    }

    @Test
    void slowsDownWhereItIsThrottled() {
        Verdict throttled =
                new Verdict.Throttled(answer(403, "IOTDA.021101"), false, Optional.of(Duration.ofSeconds(7)));

        assertRetry(policy.decide(several, throttled, new Streak(1, 0, 0), Standing.GOOD), WaitReason.BACKOFF, 7, 7);
    }

    @Test
    void holdsBackWhileTheConfigurationIsWrong() {
        assertRetry(
                policy.decide(
                        several,
                        new Verdict.Misconfigured("404", Optional.empty()),
                        new Streak(1, 0, 0),
                        Standing.GOOD),
                WaitReason.BACKOFF,
                1,
                1);
    }

    @Test
    void neverRejectsForTheWorldsFault() {
        Batch tired = batch(1000, properties("d", "{}"));
        for (Verdict verdict : List.of(
                unavailable(null),
                new Verdict.Throttled(answer(429, null), true, Optional.empty()),
                new Verdict.Misconfigured("404", Optional.empty()),
                new Verdict.InvalidToken(answer(403, "IOTDA.000004")),
                new Verdict.DeviceRefused(answer(401, "IOTDA.000002")))) {
            assertThat(policy.decide(tired, verdict, new Streak(1000, 1000, 0), Standing.GOOD))
                    .isInstanceOf(Decision.Retry.class);
        }
    }

    @Test
    void isolatesTheForeignChild() {
        Verdict refused = new Verdict.ChildRejected(answer(400, "IOTDA.021104"));

        assertSplit(decide(children, refused), List.of("{1}", "{3}"), List.of("{2}"));
        assertRejected(
                decide(batch(1, child("g", "a", "{1}"), child("g", "a", "{2}")), refused),
                RejectionReason.CHILD_REJECTED);
    }

    @Test
    void makesRequestsSmaller() {
        Verdict refused = new Verdict.TooLarge(answer(403, "IOTDA.021105"));

        assertSplit(decide(several, refused), List.of("{1}"), List.of("{2}", "{3}"));
        assertSplit(decide(children, refused), List.of("{1}", "{3}"), List.of("{2}"));
        assertRejected(decide(single, refused), RejectionReason.TOO_LARGE);
    }

    @Test
    void isolatesTheInvalidReport() {
        Verdict refused = new Verdict.Invalid(answer(400, "IOTDA.000006"));

        assertSplit(decide(several, refused), List.of("{1}"), List.of("{2}", "{3}"));
        assertRejected(decide(single, refused), RejectionReason.REFUSED);
    }

    @Test
    void triesAnUnexplainedRefusalTenTimes() {
        Verdict refused = new Verdict.Forbidden(answer(403, null));

        assertThat(decide(refusedTimes(9, properties("d", "{}")), refused)).isInstanceOf(Decision.Retry.class);
        assertRejected(decide(refusedTimes(10, properties("d", "{}")), refused), RejectionReason.REFUSED);
        assertSplit(
                decide(refusedTimes(10, properties("d", "{1}"), properties("d", "{2}")), refused),
                List.of("{1}"),
                List.of("{2}"));
    }

    @Test
    void doesNotTakeAnOutageForARefusal() {
        Batch tired = batch(50, properties("d", "{}")).refused();

        assertThat(decide(tired, new Verdict.Forbidden(answer(403, null)))).isInstanceOf(Decision.Retry.class);
    }

    private static Batch refusedTimes(int times, Report... reports) {
        Batch batch = batch(times, reports);
        for (int i = 0; i < times; i++) {
            batch = batch.refused();
        }
        return batch;
    }

    @Test
    void reportsWhatThePlatformResponded() {
        assertThat(decide(single, new Verdict.Invalid(answer(400, "IOTDA.000006"))))
                .isEqualTo(new Decision.Reject(
                        RejectionReason.REFUSED, "the platform refuses the report: HTTP 400 IOTDA.000006"));
        assertThat(decide(single, new Verdict.Invalid(answer(418, null))))
                .isEqualTo(new Decision.Reject(RejectionReason.REFUSED, "the platform refuses the report: HTTP 418"));
    }

    @ParameterizedTest
    @CsvSource({
        "accepted, 0, 0",
        "child-rejected, 0, 0",
        "too-large, 0, 0",
        "invalid, 0, 0",
        "invalid-token, 3, 2",
        "throttled, 4, 0",
        "unavailable, 4, 0",
        "misconfigured, 4, 0",
        "forbidden, 4, 0",
        "device-refused, 4, 0"
    })
    void countsStreaks(String code, int failures, int invalidTokens) {
        Verdict verdict = List.of(
                        new Verdict.Accepted(),
                        new Verdict.ChildRejected(answer(400, null)),
                        new Verdict.TooLarge(answer(413, null)),
                        new Verdict.Invalid(answer(400, null)),
                        new Verdict.InvalidToken(answer(403, null)),
                        new Verdict.Throttled(answer(429, null), false, Optional.empty()),
                        unavailable(null),
                        new Verdict.Misconfigured("", Optional.empty()),
                        new Verdict.Forbidden(answer(403, null)),
                        new Verdict.DeviceRefused(answer(401, null)))
                .stream()
                .filter(candidate -> candidate.code().equals(code))
                .findFirst()
                .orElseThrow();

        assertThat(new Streak(3, 1, 2).with(verdict))
                .isEqualTo(new Streak(failures, invalidTokens, verdict instanceof Verdict.Forbidden ? 3 : 0));
    }

    private Decision decide(Batch batch, Verdict verdict) {
        return policy.decide(batch, verdict, Streak.NONE.with(verdict), Standing.GOOD);
    }

    private static Verdict unavailable(@Nullable Duration retryAfter) {
        return new Verdict.Unavailable("HTTP 503", Optional.empty(), Optional.ofNullable(retryAfter));
    }

    private static Batch batch(int attempts, Report... reports) {
        TestAssignment assignment = new TestAssignment();
        return new Batch(
                Arrays.stream(reports)
                        .map(report -> new LaneEntry(inFlight(assignment, 1), report))
                        .toList(),
                attempts,
                0);
    }

    private static void assertRetry(Decision decision, WaitReason why, long least, long most) {
        assertThat(decision).isInstanceOfSatisfying(Decision.Retry.class, retry -> {
            assertThat(retry.why()).isEqualTo(why);
            assertThat(retry.delay()).isBetween(Duration.ofSeconds(least), Duration.ofSeconds(most));
        });
    }

    private static void assertRejected(Decision decision, RejectionReason reason) {
        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.Reject.class,
                        reject -> assertThat(reject.reason()).isEqualTo(reason));
    }

    private static void assertSplit(Decision decision, List<String> first, List<String> second) {
        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.Split.class,
                        split -> assertThat(split.parts())
                                .extracting(part -> part.reports().stream()
                                        .map(report -> new String(
                                                report.json().utf8(), java.nio.charset.StandardCharsets.UTF_8))
                                        .toList())
                                .containsExactly(first, second));
    }
}
