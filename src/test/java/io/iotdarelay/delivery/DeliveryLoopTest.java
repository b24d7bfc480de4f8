package io.iotdarelay.delivery;

import static io.iotdarelay.testing.FakeIotda.answer;
import static io.iotdarelay.testing.FakeIotda.unavailable;
import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.iotdarelay.iotda.RequestPacking;
import io.iotdarelay.lane.InFlightLimit;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.Keep;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.FakeIotda;
import io.iotdarelay.testing.Seeds;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One event loop with all that belongs to it, in virtual time. */
class DeliveryLoopTest extends DeliveryWorld {

    @Test
    void deliversAndFetchesOneToken() {
        DeliveryLoop loop = loop();
        enqueue(loop, properties("d", "{1}"), properties("d", "{2}"));
        advance(Duration.ofSeconds(1));
        enqueue(loop, properties("d", "{3}"));
        advance(Duration.ofSeconds(1));

        assertThat(delivered).containsExactly("{1}", "{2}", "{3}");
        assertThat(iotda.authentications()).hasSize(1);
        assertThat(requestsInFlight).hasValue(0);
    }

    @Test
    void sendsTogetherWhatCameMeanwhile() {
        DeliveryLoop loop = loop();
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofMillis(15));
        enqueue(loop, properties("d", "{2}"));
        enqueue(loop, properties("d", "{3}"));
        advance(Duration.ofSeconds(1));

        assertThat(iotda.sent())
                .extracting(FakeIotda.Sent::contents)
                .containsExactly(List.of("{1}"), List.of("{2}", "{3}"));
    }

    @Test
    void waitsForCompanyAsLongAsItMay() {
        linger = Duration.ofMillis(500);
        DeliveryLoop loop = loop();
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofMillis(400));
        enqueue(loop, properties("d", "{2}"));
        assertThat(iotda.sent()).isEmpty();
        advance(Duration.ofMillis(300));

        assertThat(iotda.sent()).extracting(FakeIotda.Sent::contents).containsExactly(List.of("{1}", "{2}"));
    }

    /** Each request takes longer the more there are: at 100, more than ten times as long as the fastest. */
    @Test
    void adaptsToThePlatformUnlessItMustNot() {
        for (InFlightLimit kind : InFlightLimit.values()) {
            inFlightLimit = kind;
            requestsLimit.set(0);
            iotda.latency(request -> Duration.ofMillis(Math.max(20, 5 * requestsInFlight.get())));
            DeliveryLoop loop = loop();
            for (int round = 0; round < 100; round++) {
                for (int i = 0; i < 150; i++) {
                    enqueue(loop, properties(kind + "-" + i, "{}"));
                }
                advance(Duration.ofMillis(100));
            }

            switch (kind) {
                case ADAPTIVE -> assertThat(requestsLimit.get()).isBetween(4, 40);
                case STATIC -> assertThat(requestsLimit).hasValue(100);
            }
            advance(Duration.ofMinutes(1));
        }
        assertThat(delivered).hasSize(30_000);
    }

    @Test
    void whoWaitsForATokenHoldsNobodyBack() {
        DeliveryLoop loop = withATokenOf("old", 10);
        for (int i = 0; i < 50; i++) {
            enqueue(loop, properties("new" + i, "{new}"));
        }
        advance(Duration.ofMillis(1));
        for (int i = 0; i < 20; i++) {
            enqueue(loop, properties("old", "{old}"));
            advance(Duration.ofMillis(50));
        }

        assertThat(delivered.stream().filter("{old}"::equals)).hasSize(21);
        assertThat(delivered.stream().filter("{new}"::equals)).hasSizeLessThan(15);
        advance(Duration.ofSeconds(10));
        assertThat(delivered).hasSize(71);
    }

    @Test
    void renewalsGoBehindDevicesWithRecords() {
        iotda.tokenLifetime(Duration.ofMinutes(10));
        DeliveryLoop loop = loop();
        for (int i = 0; i < 60; i++) {
            enqueue(loop, properties("old" + i, "{old}"));
        }
        advance(Duration.ofMinutes(1));
        authenticationRate.allow(1);
        advance(Duration.ofMinutes(8));
        assertThat(iotda.authentications()).as("renewals").hasSizeBetween(70, 110);

        enqueue(loop, properties("new", "{new}"));
        advance(Duration.ofSeconds(3));
        assertThat(delivered).endsWith("{new}").hasSize(61);
        advance(Duration.ofMinutes(1));
        assertThat(iotda.authentications()).hasSize(121);
    }

    private DeliveryLoop withATokenOf(String device, double perSecond) {
        authenticationsPerSecond = perSecond;
        DeliveryLoop loop = loop();
        enqueue(loop, properties(device, "{old}"));
        advance(Duration.ofSeconds(1));
        return loop;
    }

    @Test
    void sendsOneRequestOfADeviceInAnInterval() {
        minInterval = Duration.ofSeconds(10);
        DeliveryLoop loop = loop();
        for (int i = 0; i < 30; i++) {
            enqueue(loop, properties("d", "{" + i + "}"), properties("e" + i, "{" + i + "}"));
            advance(Duration.ofSeconds(1));
        }
        advance(Duration.ofSeconds(30));

        List<FakeIotda.Sent> sent = iotda.sent().stream()
                .filter(request -> request.sender().value().equals("d"))
                .toList();
        assertThat(sent).hasSize(4);
        for (int i = 1; i < sent.size(); i++) {
            assertThat(sent.get(i).atMillis() - sent.get(i - 1).atMillis()).isGreaterThanOrEqualTo(10_000);
        }
        assertThat(sent.get(1).contents()).hasSize(10);
        assertThat(delivered).hasSize(60);
    }

    @Test
    void repeatsNothingWithinTheInterval() {
        minInterval = Duration.ofSeconds(60);
        DeliveryLoop loop = loop();
        iotda.onReport((token, reports) -> unavailable());
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofSeconds(59));
        assertThat(iotda.sent()).hasSize(1);
        iotda.onReport((token, reports) -> new Verdict.Accepted());
        advance(Duration.ofSeconds(2));

        assertThat(delivered).containsExactly("{1}");
    }

    @Test
    void sendsTheLatestOfWhatWaited() {
        keep = Keep.LATEST;
        DeliveryLoop loop = loop();
        iotda.latency(Duration.ofSeconds(1));
        enqueue(loop, service(0));
        advance(Duration.ofMillis(1500));
        enqueue(loop, service(1), service(2), service(3));
        advance(Duration.ofSeconds(10));

        assertThat(delivered).hasSize(2).first().asString().contains("{0}");
        assertThat(delivered).last().asString().contains("{3}");
        assertThat(superseded).hasSize(2);
    }

    private static Report service(int n) {
        return properties("d", "{\"service_id\":\"A\",\"n\":\"{" + n + "}\"}");
    }

    @Test
    void doesNotWaitForCompanyThatCannotCome() {
        linger = Duration.ofMillis(500);
        DeliveryLoop loop = loop();
        enqueue(loop, message("d", "{1}"), message("d", "{2}"));
        advance(Duration.ofMillis(100));

        assertThat(delivered).containsExactly("{1}", "{2}");
    }

    @Test
    void hasOneRequestOfADeviceUnderWay() {
        iotda.latency(Duration.ofSeconds(1));
        DeliveryLoop loop = loop();
        for (int i = 0; i < 20; i++) {
            enqueue(loop, message("d", "{" + i + "}"));
            advance(Duration.ofMillis(100));
        }
        advance(Duration.ofMinutes(1));

        assertThat(iotda.hasOverlapped()).isFalse();
        assertThat(delivered).hasSize(20).isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
    }

    @Test
    void boundsRequestsUnderWay() {
        slots = 3;
        iotda.latency(Duration.ofSeconds(1));
        DeliveryLoop loop = loop();
        for (int i = 0; i < 20; i++) {
            enqueue(loop, properties("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofMinutes(1));
        for (int i = 0; i < 20; i++) {
            enqueue(loop, properties("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofMinutes(1));

        assertThat(iotda.mostUnderWay()).isEqualTo(3);
        assertThat(delivered).hasSize(40);
    }

    @Test
    void retriesInOrderUntilThePlatformIsBack() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> unavailable());
        enqueue(loop, message("d", "{1}"));
        advance(Duration.ofSeconds(5));
        enqueue(loop, message("d", "{2}"));
        for (int i = 0; i < 60; i++) {
            halfOpen();
            advance(Duration.ofSeconds(10));
        }
        assertThat(delivered).isEmpty();
        assertThat(rejected).isEmpty();

        iotda.onReport((token, sent) -> new Verdict.Accepted());
        halfOpen();
        advance(Duration.ofMinutes(1));

        assertThat(delivered).containsExactly("{1}", "{2}");
        assertThat(iotda.sent().size()).isBetween(20, 200);
    }

    @Test
    void stopsSendingWhileTheBreakerIsOpenAndProbesBeforeItContinues() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> unavailable());
        for (int i = 0; i < 50; i++) {
            enqueue(loop, properties("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofSeconds(2));
        assertThat(reports.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        int before = iotda.sent().size();
        advance(Duration.ofMinutes(5));
        assertThat(iotda.sent()).hasSize(before);

        reports.transitionToHalfOpenState();
        advance(Duration.ofMillis(500));
        assertThat(iotda.sent()).hasSize(before + 3);
        assertThat(reports.getState()).isEqualTo(CircuitBreaker.State.OPEN);

        iotda.onReport((token, sent) -> new Verdict.Accepted());
        reports.transitionToHalfOpenState();
        advance(Duration.ofSeconds(2));
        assertThat(reports.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(delivered).hasSize(50);
        assertThat(rejected).isEmpty();
    }

    @Test
    void doesNotLetThrottlingOpenTheBreaker() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> new Verdict.Throttled(answer(403, "IOTDA.021101"), true, Optional.empty()));
        for (int i = 0; i < 50; i++) {
            enqueue(loop, properties("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofMinutes(2));
        assertThat(reports.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(iotda.authentications()).hasSize(50);

        iotda.onReport((token, sent) -> new Verdict.Accepted());
        advance(Duration.ofMinutes(2));
        assertThat(delivered).hasSize(50);
    }

    @Test
    void takesAnotherTokenForTheSameRequest() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> token.value().endsWith("-1")
                ? new Verdict.InvalidToken(answer(403, "IOTDA.000004"))
                : new Verdict.Accepted());
        enqueue(loop, properties("d", "{1}"), properties("d", "{2}"));
        advance(Duration.ofSeconds(1));

        assertThat(iotda.sent())
                .extracting(FakeIotda.Sent::contents)
                .containsExactly(List.of("{1}", "{2}"), List.of("{1}", "{2}"));
        assertThat(iotda.authentications()).hasSize(2);
        assertThat(delivered).containsExactly("{1}", "{2}");
        assertThat(registry.get("relay.tokens.contention").counter().count()).isZero();
    }

    @Test
    void backsOffWhereSomebodyElseTakesTheToken() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> new Verdict.InvalidToken(answer(403, "IOTDA.000004")));
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofMinutes(10));

        assertThat(iotda.authentications().size()).isBetween(20, 100);
        assertThat(registry.get("relay.tokens.contention").counter().count()).isPositive();
        assertThat(rejected).isEmpty();
    }

    @Test
    void setsARefusedDeviceAsideAndProbesIt() {
        DeliveryLoop loop = loop();
        iotda.onAuthentication(credentials -> credentials.device().value().equals("bad")
                ? new Verdict.DeviceRefused(answer(401, "IOTDA.000002"))
                : null);
        enqueue(loop, properties("bad", "{1}"), properties("good", "{2}"), properties("bad", "{3}"));
        advance(Duration.ofSeconds(1));
        enqueue(loop, properties("bad", "{4}"));
        advance(Duration.ofSeconds(1));

        assertThat(delivered).containsExactly("{2}");
        assertThat(rejected.values()).hasSize(3).allSatisfy(outcome -> {
            assertThat(outcome.rejection().reason()).isEqualTo(RejectionReason.DEVICE_REJECTED);
            assertThat(outcome.rejection().answer()).isEqualTo(answer(401, "IOTDA.000002"));
        });
        assertThat(loop.quarantined()).hasSize(1);
        assertThat(iotda.authentications()).hasSize(2);

        iotda.onAuthentication(credentials -> null);
        clock.advance(Duration.ofMinutes(1));
        enqueue(loop, properties("bad", "{5}"));
        advance(Duration.ofSeconds(1));
        assertThat(delivered).containsExactly("{2}", "{5}");
        assertThat(loop.quarantined()).isEmpty();
    }

    @Test
    void triesARefusedDeviceAtOnceWithAnotherSecret() {
        DeliveryLoop loop = loop();
        iotda.onAuthentication(credentials -> credentials.secret().value().equals("new-secret")
                ? null
                : new Verdict.DeviceRefused(answer(401, "IOTDA.000002")));
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofSeconds(1));

        directory.with("d", "new-secret");
        enqueue(loop, properties("d", "{2}"));
        advance(Duration.ofSeconds(1));

        assertThat(delivered).containsExactly("{2}");
    }

    @Test
    void setsADeviceAsideThatIsForbiddenToAuthenticate() {
        DeliveryLoop loop = loop();
        iotda.onAuthentication(credentials -> new Verdict.Forbidden(answer(403, "IOTDA.000021")));
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofMinutes(10));

        assertThat(iotda.authentications()).hasSize(FailurePolicy.MAX_FORBIDDEN);
        assertThat(rejected.values())
                .singleElement()
                .extracting(outcome -> outcome.rejection().reason())
                .isEqualTo(RejectionReason.DEVICE_REJECTED);
    }

    @Test
    void waitsForAuthenticationsWhileThePlatformIsDown() {
        DeliveryLoop loop = loop();
        iotda.onAuthentication(credentials -> unavailable());
        for (int i = 0; i < 30; i++) {
            enqueue(loop, properties("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofSeconds(2));
        assertThat(authentications.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        assertThat(rejected).isEmpty();

        iotda.onAuthentication(credentials -> null);
        authentications.transitionToHalfOpenState();
        advance(Duration.ofSeconds(60));
        assertThat(delivered).hasSize(30);
    }

    @Test
    void keepsTheAuthenticationQuota() {
        authenticationsPerSecond = 10;
        DeliveryLoop loop = loop();
        for (int i = 0; i < 50; i++) {
            enqueue(loop, properties("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofMillis(2500));
        assertThat(delivered.size()).isBetween(20, 30);
        advance(Duration.ofSeconds(3));
        assertThat(delivered).hasSize(50);
    }

    @Test
    void letsARequestGrowWhileItWaitsForThePace() {
        messagesPerSecond = 1;
        DeliveryLoop loop = loop();
        for (int i = 0; i < 10; i++) {
            enqueue(loop, properties("a", "{a" + i + "}"), properties("b", "{b" + i + "}"));
            advance(Duration.ofMillis(100));
        }
        advance(Duration.ofSeconds(10));

        assertThat(delivered).hasSize(20);
        assertThat(iotda.sent()).hasSizeLessThan(6);
    }

    @Test
    void isSoonAsFastAsBeforeWhenThrottlingEnds() {
        messagesPerSecond = 500;
        iotda.onReport((token, sent) -> new Verdict.Throttled(answer(403, "IOTDA.021102"), true, Optional.empty()));
        DeliveryLoop loop = loop();
        for (int i = 0; i < 400; i++) {
            for (int n = 0; n < 20; n++) {
                enqueue(loop, message("d" + i, "{" + n + "}"));
            }
        }
        advance(Duration.ofSeconds(15));
        assertThat(delivered).isEmpty();
        assertThat(reportRate.rate()).isLessThan(5);

        iotda.onReport((token, sent) -> new Verdict.Accepted());
        advance(Duration.ofSeconds(30));
        assertThat(reportRate.rate()).isEqualTo(500);
        advance(Duration.ofSeconds(20));

        assertThat(delivered).hasSize(8000);
        assertThat(waitingForRate).hasValue(0);
    }

    @Test
    void forgetsLanesThatAreNoMoreAtItsGates() {
        iotda.onReport((token, sent) -> unavailable());
        DeliveryLoop loop = loop();
        for (int i = 0; i < 200; i++) {
            enqueue(loop, message("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofSeconds(3));
        assertThat(reports.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        assignment.end();
        release(loop);

        iotda.onReport((token, sent) -> new Verdict.Accepted());
        TestAssignment next = new TestAssignment();
        Report again = message("d0", "{again}");
        reportsByOffset.put(999L, again);
        loop.enqueue(List.of(new LaneEntry(inFlight(next, 999), again)));
        halfOpen();
        advance(Duration.ofSeconds(10));

        assertThat(delivered).containsExactly("{again}");
    }

    @Test
    void opensTheBreakerForASingleDeviceIfNobodyElseIsThere() {
        iotda.onReport((token, sent) -> unavailable());
        DeliveryLoop loop = loop();
        enqueue(loop, message("only", "{1}"));
        advance(Duration.ofMinutes(5));

        assertThat(reports.getState()).isNotEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void keepsTheBreakerClosedForASingleDeviceIfOthersFareWell() {
        iotda.onReport((token, sent) ->
                sent.getFirst().sender().value().equals("bad") ? unavailable() : new Verdict.Accepted());
        DeliveryLoop loop = loop();
        enqueue(loop, message("bad", "{0}"));
        for (int i = 0; i < 60; i++) {
            enqueue(loop, message("good", "{" + i + "}"));
            advance(Duration.ofSeconds(5));
        }

        assertThat(reports.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(delivered).hasSize(60);
    }

    @Test
    void givesPermissionsBackWhereAnAuthenticationBreaksOff() {
        DeliveryLoop loop = loop();
        iotda.onAuthentication(credentials -> unavailable());
        for (int i = 0; i < 50; i++) {
            enqueue(loop, message("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofSeconds(4));
        assertThat(authentications.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        iotda.onAuthentication(credentials -> {
            throw new IllegalStateException("a defect");
        });
        halfOpen();
        advance(Duration.ofSeconds(20));
        iotda.onAuthentication(credentials -> null);
        halfOpen();
        advance(Duration.ofMinutes(1));

        assertThat(authentications.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(delivered.size() + rejected.size()).isEqualTo(50);
    }

    @Test
    void waitsAWhileForADeviceThatTheDirectoryHasForgotten() {
        unknownGrace = Duration.ofSeconds(10);
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> unavailable());
        enqueue(loop, properties("back", "{1}"), properties("gone", "{2}"));
        advance(Duration.ofSeconds(1));
        directory.without("back").without("gone");
        iotda.onReport((token, sent) -> new Verdict.Accepted());
        advance(Duration.ofSeconds(5));
        assertThat(rejected).isEmpty();

        directory.with("back", "secret-of-back");
        clock.advance(Duration.ofSeconds(10));
        advance(Duration.ofMinutes(1));

        assertThat(delivered).containsExactly("{1}");
        assertThat(rejection(1).reason()).isEqualTo(RejectionReason.UNKNOWN_DEVICE);
    }

    @Test
    void saysWhereTheOldestRecordIs() {
        iotda.onReport((token, sent) -> unavailable());
        DeliveryLoop loop = loop();
        enqueue(loop, message("d", "{1}"), message("d", "{2}"));
        advance(Duration.ofSeconds(2));

        assertThat(loop.oldest()).hasSize(1);
        assertThat(loop.oldest().values()).singleElement().satisfies(where -> {
            assertThat(where.position().offset()).isZero();
            assertThat(where.device()).isEqualTo(TestTelemetry.device("d"));
            assertThat(where.waitsFor()).isIn("retry", "answer");
            assertThat(where.detail()).contains("HTTP 503");
        });

        iotda.onReport((token, sent) -> new Verdict.Accepted());
        advance(Duration.ofMinutes(1));
        assertThat(loop.oldest()).isEmpty();
    }

    @Test
    void hurriesTheLaneThatHoldsTheOldestRecord() {
        iotda.onReport((token, sent) ->
                sent.getFirst().sender().value().equals("bad") ? unavailable() : new Verdict.Accepted());
        DeliveryLoop loop = loop();
        enqueue(loop, message("bad", "{0}"));
        int within3Minutes = attemptsOfBad(loop, false);
        int hurried = attemptsOfBad(loop, true);

        assertThat(hurried).isGreaterThan(2 * within3Minutes);
    }

    /** It holds back no offset; the records behind it do. */
    @Test
    void aDeadLetterThatIsSentAgainHidesNoRecordBehindIt() {
        iotda.onReport(
                (token, sent) -> sent.getFirst().sender().value().equals("d") ? unavailable() : new Verdict.Accepted());
        DeliveryLoop loop = loop();
        directory.with("d", "secret-of-d");
        loop.enqueue(List.of(
                entry("topic", -1, 70, "{again}"),
                entry("topic", -1, 71, "{again}"),
                entry("topic", 0, 8, "{1}"),
                entry("topic", 0, 9, "{2}"),
                entry("other", 0, 3, "{3}")));
        advance(Duration.ofSeconds(2));

        assertThat(loop.oldest().keySet())
                .containsExactlyInAnyOrder(new SourcePartition("topic", 0), new SourcePartition("other", 0));
        assertThat(loop.oldest().get(new SourcePartition("topic", 0))).satisfies(where -> {
            assertThat(where.position().offset()).isEqualTo(8);
            assertThat(where.detail()).contains("HTTP 503");
        });
        int waiting = attemptsIn90Seconds(loop, new SourcePartition("topic", 1));
        assertThat(attemptsIn90Seconds(loop, new SourcePartition("topic", 0))).isGreaterThan(2 * waiting);
        assertThat(attemptsIn90Seconds(loop, new SourcePartition("other", 0))).isGreaterThan(2 * waiting);
    }

    private int attemptsIn90Seconds(DeliveryLoop loop, SourcePartition hurried) {
        long before = sentBy("d");
        for (int i = 0; i < 45; i++) {
            enqueue(loop, message("good", "{}"));
            loop.retryNow(hurried);
            advance(Duration.ofSeconds(2));
        }
        return (int) (sentBy("d") - before);
    }

    private LaneEntry entry(String topic, int partition, long offset, String content) {
        SourceRecord record = new SourceRecord(
                new RecordPosition(topic, partition, offset), Instant.EPOCH, null, new byte[] {1}, List.of());
        return new LaneEntry(new RecordInFlight(assignment, record, "route"), message("d", content));
    }

    private int attemptsOfBad(DeliveryLoop loop, boolean hurrying) {
        long before = sentBy("bad");
        for (int i = 0; i < 90; i++) {
            enqueue(loop, message("good", "{" + i + "}"));
            if (hurrying) {
                loop.retryNow(new SourcePartition("topic", 0));
            }
            advance(Duration.ofSeconds(2));
        }
        return (int) (sentBy("bad") - before);
    }

    private long sentBy(String sender) {
        return iotda.sent().stream()
                .filter(sent -> sent.sender().value().equals(sender))
                .count();
    }

    @Test
    void keepsTheMessageQuota() {
        messagesPerSecond = 10;
        DeliveryLoop loop = loop();
        for (int i = 0; i < 50; i++) {
            enqueue(loop, properties("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofMillis(2500));
        assertThat(delivered.size()).isBetween(20, 30);
        advance(Duration.ofSeconds(3));
        assertThat(delivered).hasSize(50);
        assertThat(waitingForRate).hasValue(0);
    }

    @Test
    void permitsOccasionalProbesWhileTheConfigurationIsWrong() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> new Verdict.Misaddressed("HTTP 404", answer(404, null)));
        for (int i = 0; i < 20; i++) {
            enqueue(loop, message("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofMillis(500));
        assertThat(isSuspected()).isTrue();
        int before = iotda.sent().size();
        advance(Duration.ofSeconds(25));
        assertThat(iotda.sent()).hasSize(before);
        enqueue(loop, message("fresh", "{20}"));
        advance(Duration.ofSeconds(3));
        assertThat(iotda.sent()).hasSize(before + 1);

        iotda.onReport((token, sent) -> new Verdict.Accepted());
        advance(Duration.ofSeconds(60));
        assertThat(delivered).hasSize(21);
        assertThat(rejected).isEmpty();
        assertThat(reports.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    /** Otherwise a page that all devices get for a few seconds would cost half a minute. */
    @Test
    void letsADeviceThatFailedProbeSoonWhereThePlatformHasWorkedBefore() {
        DeliveryLoop loop = loop();
        for (int i = 0; i < 20; i++) {
            enqueue(loop, message("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofMillis(500));
        assertThat(delivered).hasSize(20);
        iotda.onReport((token, sent) -> new Verdict.Misaddressed("HTTP 404", answer(404, null)));
        for (int i = 0; i < 20; i++) {
            enqueue(loop, message("d" + i, "{" + (20 + i) + "}"));
        }
        advance(Duration.ofMillis(500));
        assertThat(isSuspected()).isTrue();

        iotda.onReport((token, sent) -> new Verdict.Accepted());
        advance(Duration.ofSeconds(10));

        assertThat(isSuspected()).isFalse();
        assertThat(delivered).hasSize(40);
    }

    @Test
    void isolatesTheForeignChildAndSendsTheRestOnce() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) ->
                sent.stream().anyMatch(report -> report.device().value().equals("c37"))
                        ? new Verdict.ChildRejected(answer(400, "IOTDA.021104"))
                        : new Verdict.Accepted());
        enqueue(
                loop,
                IntStream.range(0, 50)
                        .mapToObj(i -> child("g", "c" + i, "{" + i + "}"))
                        .toArray(Report[]::new));
        advance(Duration.ofSeconds(5));

        assertThat(rejected).containsOnlyKeys(37L);
        assertThat(rejection(37).reason()).isEqualTo(RejectionReason.CHILD_REJECTED);
        assertThat(directory.rejectedChildren()).containsExactly(TestTelemetry.device("c37"));
        assertThat(delivered).hasSize(49).doesNotHaveDuplicates();
        assertThat(iotda.sent().size()).isLessThanOrEqualTo(1 + 2 * 6);
    }

    @Test
    void isolatesTheInvalidReportAndKeepsTheOrder() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> sent.stream()
                        .anyMatch(report -> TestTelemetry.text(report.json()).equals("{5}"))
                ? new Verdict.Invalid(answer(400, "IOTDA.000006"))
                : new Verdict.Accepted());
        enqueue(
                loop,
                IntStream.range(0, 10)
                        .mapToObj(i -> properties("d", "{" + i + "}"))
                        .toArray(Report[]::new));
        advance(Duration.ofSeconds(5));

        assertThat(delivered).containsExactly("{0}", "{1}", "{2}", "{3}", "{4}", "{6}", "{7}", "{8}", "{9}");
        assertThat(rejection(5)).satisfies(rejection -> {
            assertThat(rejection.reason()).isEqualTo(RejectionReason.REFUSED);
            assertThat(rejection.attempts()).isBetween(2, 5);
            assertThat(rejection.device()).isEqualTo(TestTelemetry.device("d"));
        });
    }

    @Test
    void triesTwiceAgainAfterADefectOfOurs() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> {
            if (sent.stream()
                    .anyMatch(report -> TestTelemetry.text(report.json()).equals("{1}"))) {
                throw new IllegalStateException("a defect");
            }
            return new Verdict.Accepted();
        });
        enqueue(loop, message("d", "{0}"), message("d", "{1}"), message("d", "{2}"));
        advance(Duration.ofMinutes(1));

        assertThat(delivered).containsExactly("{0}", "{2}");
        assertThat(rejection(1)).satisfies(rejection -> {
            assertThat(rejection.reason()).isEqualTo(RejectionReason.INTERNAL_ERROR);
            assertThat(rejection.detail()).contains("a defect").contains("\tat ");
            assertThat(rejection.attempts()).isEqualTo(3);
        });
    }

    @Test
    void continuesAfterADefectBeforeARequest() {
        DeliveryLoop loop = loop();
        directory.with("d", "secret-of-d").failing("d", 2);
        enqueue(loop, message("d", "{0}"), message("d", "{1}"));
        advance(Duration.ofMinutes(1));

        assertThat(delivered).containsExactly("{0}", "{1}");
    }

    @Test
    void rejectsTheFirstWhereADefectStays() {
        DeliveryLoop loop = loop();
        directory.with("d", "secret-of-d").failing("d", 3);
        enqueue(loop, message("d", "{0}"), message("d", "{1}"));
        advance(Duration.ofMinutes(1));

        assertThat(delivered).containsExactly("{1}");
        assertThat(rejection(0).reason()).isEqualTo(RejectionReason.INTERNAL_ERROR);
        assertThat(rejection(0).detail()).contains("a defect of the directory");
    }

    @Test
    @SuppressWarnings({"NullAway", "NullOptional"}) // a verdict that cannot be: the defect
    void continuesAfterADefectInHandlingAResponse() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> new Verdict.Throttled(answer(403, "IOTDA.021101"), false, null));
        enqueue(loop, message("d", "{0}"));
        advance(Duration.ofMillis(500));
        iotda.onReport((token, sent) -> new Verdict.Accepted());
        advance(Duration.ofMinutes(1));

        assertThat(delivered).containsExactly("{0}");
        assertThat(requestsInFlight).hasValue(0);
    }

    @Test
    void rejectsWhatTheDirectoryHasForgottenMeanwhile() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> unavailable());
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofSeconds(1));

        directory.without("d");
        advance(Duration.ofMinutes(1));

        assertThat(rejection(0).reason()).isEqualTo(RejectionReason.UNKNOWN_DEVICE);
    }

    @Test
    void givesUpARequestThatNobodyWaitsForAnyMore() {
        iotda.latency(Duration.ofSeconds(10));
        DeliveryLoop loop = loop();
        enqueue(loop, message("d", "{1}"), message("d", "{2}"));
        advance(Duration.ofSeconds(15));
        assertThat(requestsInFlight).hasValue(1);

        assignment.end();
        release(loop);
        advance(Duration.ofSeconds(1));

        assertThat(iotda.cancelled()).isEqualTo(1);
        assertThat(requestsInFlight).hasValue(0);
        advance(Duration.ofMinutes(5));
        assertThat(iotda.sent()).hasSize(1);
        assertThat(delivered).isEmpty();
    }

    @Test
    void sendsNothingThatHasLeftWhileItWaited() {
        messagesPerSecond = 1;
        DeliveryLoop loop = loop();
        for (int i = 0; i < 20; i++) {
            enqueue(loop, properties("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofMillis(100));
        int before = iotda.sent().size();

        assignment.end();
        release(loop);
        advance(Duration.ofMinutes(5));

        assertThat(iotda.sent()).hasSize(before);
        assertThat(waitingForRate).hasValue(0);
    }

    /** A response that could come too late would be a duplicate after the restart. */
    @Test
    void startsNothingForAPartitionThatDrainsAndSaysWhenTheRestIsOver() {
        iotda.latency(Duration.ofSeconds(10));
        DeliveryLoop loop = loop();
        enqueue(loop, message("d", "{1}"), message("d", "{2}"), message("new", "{3}"));
        advance(Duration.ofSeconds(15));
        int before = iotda.sent().size();

        assignment.drain();
        assertThat(isSendingForLeaving(loop)).isTrue();
        enqueue(loop, message("another", "{4}"));
        advance(Duration.ofMinutes(5));

        assertThat(isSendingForLeaving(loop)).isFalse();
        assertThat(iotda.sent()).hasSize(before);
        assertThat(iotda.authentications()).hasSize(2);
        assertThat(delivered).containsExactlyInAnyOrder("{1}", "{3}");
        assertThat(rejected).isEmpty();
    }

    private boolean isSendingForLeaving(DeliveryLoop loop) {
        CompletableFuture<Boolean> answer = loop.isSendingForLeaving();
        advance(Duration.ofMillis(1));
        return answer.getNow(true);
    }

    @Test
    void continuesWithADeviceWhosePartitionCameBack() {
        iotda.latency(Duration.ofSeconds(10));
        DeliveryLoop loop = loop();
        enqueue(loop, message("d", "{1}"));
        advance(Duration.ofSeconds(15));
        assignment.end();
        release(loop);
        TestAssignment next = new TestAssignment();
        Report again = message("d", "{1}");
        reportsByOffset.put(99L, again);
        loop.enqueue(List.of(new LaneEntry(inFlight(next, 99), again)));
        advance(Duration.ofMinutes(1));

        assertThat(iotda.hasOverlapped()).isFalse();
        assertThat(delivered).containsExactly("{1}");
    }

    /** Whatever fails in whatever order: everything has one outcome, and each device's reports arrive in their order. */
    @Test
    void keepsItsPromisesWhateverHappens() {
        Seeds.each(250, random -> new DeliveryLoopTest().run(random));
    }

    private void run(RandomGenerator random) {
        slots = 1 + random.nextInt(5);
        messagesPerSecond = random.nextBoolean() ? 0 : 200;
        packing = new RequestPacking(1 + random.nextInt(200), 1 + random.nextInt(5));
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> randomVerdict(random));
        iotda.onAuthentication(credentials -> random.nextInt(4) == 0 ? unavailable() : null);
        Map<String, List<String>> expected = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            String content = "{" + i + "}";
            String device = "d" + random.nextInt(8);
            Report report = switch (random.nextInt(3)) {
                case 0 -> properties(device, content);
                case 1 -> message(device, content);
                default -> child(device, device + "-c" + random.nextInt(4), content);
            };
            expected.computeIfAbsent(report.device().value(), key -> new ArrayList<>())
                    .add(content);
            enqueue(loop, report);
            advance(Duration.ofMillis(random.nextInt(40)));
            if (random.nextInt(20) == 0) {
                halfOpen();
            }
        }
        iotda.onReport((token, sent) -> new Verdict.Accepted());
        iotda.onAuthentication(credentials -> null);
        for (int i = 0; i < 60; i++) {
            halfOpen();
            advance(Duration.ofSeconds(10));
        }

        assertThat(delivered.size() + rejected.size()).isEqualTo(200);
        assertThat(delivered).doesNotHaveDuplicates();
        assertThat(iotda.hasOverlapped()).isFalse();
        assertThat(requestsInFlight).hasValue(0);
        assertThat(iotda.mostUnderWay()).isLessThanOrEqualTo(slots);
        expected.forEach((device, contents) -> assertThat(
                        delivered.stream().filter(contents::contains).toList())
                .as("device %s", device)
                .isEqualTo(contents.stream().filter(delivered::contains).toList()));
    }

    private static Verdict randomVerdict(RandomGenerator random) {
        return switch (random.nextInt(12)) {
            case 0 -> unavailable();
            case 1 -> new Verdict.Throttled(answer(403, "IOTDA.021102"), random.nextBoolean(), Optional.empty());
            case 2 -> new Verdict.InvalidToken(answer(403, "IOTDA.000004"));
            case 3 -> new Verdict.ChildRejected(answer(400, "IOTDA.021104"));
            case 4 -> new Verdict.TooLarge(answer(413, null));
            case 5 -> new Verdict.Invalid(answer(400, "IOTDA.000006"));
            case 6 -> new Verdict.Forbidden(answer(403, null));
            case 7 -> {
                if (random.nextInt(10) == 0) {
                    yield new Verdict.Misaddressed("HTTP 404", answer(404, null));
                }
                throw new IllegalStateException("a defect");
            }
            default -> new Verdict.Accepted();
        };
    }

    private static int number(String content) {
        return Integer.parseInt(content.substring(1, content.length() - 1));
    }
}
