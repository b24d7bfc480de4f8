package io.iotdarelay.delivery;

import static io.iotdarelay.testing.FakeIotda.answer;
import static io.iotdarelay.testing.FakeIotda.unavailable;
import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static io.iotdarelay.testing.TestTelemetry.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.iotdarelay.iotda.RequestPacking;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A platform that refuses whole requests for what is wrong with one part, and fails besides. */
class SplittingTest {

    @Test
    void rejectsExactlyWhatIsBadAndDeliversTheRestOnceAndInOrder() {
        Seeds.each(250, random -> new PickyPlatform(random).run());
    }

    /** What fails besides. */
    private enum Trouble {
        NONE,
        THROTTLING,
        ALL
    }

    private static final class PickyPlatform extends DeliveryWorld {

        private static final int REPORTS = 150;

        private final RandomGenerator random;
        private final Trouble trouble;
        private final boolean onlyChildrenAreBad;
        private final int accepts;
        private final int troubles;
        private final Set<String> badChildren = new HashSet<>();
        private final Map<Long, RejectionReason> bad = new TreeMap<>();
        private final Map<String, List<String>> good = new HashMap<>();
        private final Map<String, List<String>> ledger = new HashMap<>();
        private final Map<DeviceId, Integer> mayAuthenticate = new HashMap<>();
        private boolean calm;

        PickyPlatform(RandomGenerator random) {
            this.random = random;
            this.trouble = List.of(Trouble.values()).get(random.nextInt(3));
            this.onlyChildrenAreBad = random.nextInt(3) == 0;
            this.accepts = onlyChildrenAreBad ? Integer.MAX_VALUE : 60 + random.nextInt(600);
            this.troubles = 3 + random.nextInt(12);
            slots = 1 + random.nextInt(8);
            packing = new RequestPacking(100 + random.nextInt(2000), 1 + random.nextInt(50));
            linger = random.nextInt(3) == 0 ? Duration.ofMillis(random.nextInt(300)) : Duration.ZERO;
            iotda.onReport((token, sent) -> verdict(sent));
            iotda.onAuthentication(credentials -> authentication(credentials.device()));
        }

        void run() {
            DeliveryLoop loop = loop();
            double badness = random.nextInt(4) == 0 ? 0.5 : 0.03;
            for (int c = 0; c < 60; c++) {
                if (random.nextDouble() < badness) {
                    badChildren.add("c" + c);
                }
            }
            for (int i = 0; i < REPORTS; i++) {
                enqueue(loop, report(badness));
                if (random.nextInt(4) == 0) {
                    advance(Duration.ofMillis(random.nextInt(60)));
                }
                if (random.nextInt(20) == 0) {
                    halfOpen();
                }
            }
            for (int i = 0; i < 200 && delivered.size() + rejected.size() < REPORTS; i++) {
                calm = i > 10;
                halfOpen();
                advance(Duration.ofSeconds(10));
            }
            check();
            time.dispose();
        }

        private Report report(double badness) {
            boolean isHuge = !onlyChildrenAreBad && random.nextInt(40) == 0;
            boolean isInvalid = !onlyChildrenAreBad && random.nextDouble() < badness;
            String content = (isInvalid ? "!" : "") + nextOffset + "_".repeat(isHuge ? accepts : random.nextInt(40));
            String device = "d" + random.nextInt(3);
            Report report = switch (random.nextInt(5)) {
                case 0 -> message(device, content);
                case 1 -> properties(device, content);
                default -> child("g" + random.nextInt(2), "c" + random.nextInt(60), content);
            };
            if (isHuge) {
                bad.put(nextOffset, RejectionReason.TOO_LARGE);
            } else if (badChildren.contains(report.device().value())) {
                bad.put(nextOffset, RejectionReason.CHILD_REJECTED);
            } else if (isInvalid) {
                bad.put(nextOffset, RejectionReason.REFUSED);
            } else {
                good.computeIfAbsent(lane(report), any -> new ArrayList<>()).add(content);
            }
            return report;
        }

        private Verdict verdict(List<Report> sent) {
            if (!calm && trouble != Trouble.NONE && random.nextInt(troubles) == 0) {
                return failure(sent.getFirst().sender());
            }
            if (sent.stream().mapToInt(report -> report.json().length()).sum() > accepts) {
                return new Verdict.TooLarge(answer(413, null));
            }
            if (sent.stream()
                    .anyMatch(report -> badChildren.contains(report.device().value()))) {
                return new Verdict.ChildRejected(answer(400, "IOTDA.021104"));
            }
            if (sent.stream().anyMatch(report -> text(report.json()).startsWith("!"))) {
                return new Verdict.Invalid(answer(400, "IOTDA.000006"));
            }
            sent.forEach(report -> ledger.computeIfAbsent(lane(report), any -> new ArrayList<>())
                    .add(text(report.json())));
            return new Verdict.Accepted();
        }

        private Verdict failure(DeviceId sender) {
            return switch (trouble == Trouble.THROTTLING ? 0 : random.nextInt(6)) {
                case 1 -> unavailable();
                case 2 -> {
                    mayAuthenticate.merge(sender, 1, Integer::sum);
                    yield new Verdict.InvalidToken(answer(403, "IOTDA.000004"));
                }
                case 3 -> new Verdict.Forbidden(answer(403, null));
                case 4 ->
                    random.nextInt(8) == 0 ? new Verdict.Misaddressed("HTTP 404", answer(404, null)) : unavailable();
                default -> throttled();
            };
        }

        private @Nullable Verdict authentication(DeviceId device) {
            Verdict verdict = calm || trouble == Trouble.NONE || random.nextInt(troubles) > 0
                    ? null
                    : trouble == Trouble.THROTTLING || random.nextBoolean() ? throttled() : unavailable();
            mayAuthenticate.merge(device, verdict == null ? 0 : 1, Integer::sum);
            return verdict;
        }

        private Verdict throttled() {
            Optional<Duration> retryAfter =
                    random.nextBoolean() ? Optional.empty() : Optional.of(Duration.ofSeconds(random.nextInt(5)));
            return new Verdict.Throttled(answer(403, "IOTDA.021102"), random.nextBoolean(), retryAfter);
        }

        private void check() {
            Map<Long, RejectionReason> reasons = new TreeMap<>();
            rejected.forEach(
                    (offset, outcome) -> reasons.put(offset, outcome.rejection().reason()));
            assertThat(reasons).isEqualTo(bad);
            assertThat(ledger).isEqualTo(good);
            assertThat(delivered).hasSize(REPORTS - bad.size()).doesNotHaveDuplicates();
            assertThat(iotda.hasOverlapped()).isFalse();
            assertThat(iotda.mostUnderWay()).isLessThanOrEqualTo(slots);
            assertThat(requestsInFlight).hasValue(0);
            assertThat(waitingForRate).hasValue(0);
            Map<DeviceId, Integer> asked = new HashMap<>();
            iotda.authentications().forEach(device -> asked.merge(device, 1, Integer::sum));
            asked.forEach((device, times) -> assertThat(times)
                    .as("authentications of %s", device)
                    .isLessThanOrEqualTo(1 + mayAuthenticate.getOrDefault(device, 0)));
            if (trouble != Trouble.ALL) {
                assertThat(isSuspected()).isFalse();
                assertThat(List.of(reports, authentications))
                        .extracting(CircuitBreaker::getState)
                        .containsOnly(CircuitBreaker.State.CLOSED);
                assertThat(reports.getMetrics().getNumberOfFailedCalls()).isZero();
            }
            if (trouble == Trouble.NONE && onlyChildrenAreBad) {
                assertThat(rejected.values())
                        .allSatisfy(outcome ->
                                assertThat(outcome.rejection().attempts()).isLessThanOrEqualTo(1 + 6));
            }
        }

        private static String lane(Report report) {
            return report.sender() + " " + report.device() + " "
                    + report.getClass().getSimpleName();
        }
    }
}
