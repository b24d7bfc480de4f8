package io.iotdarelay.delivery;

import static io.iotdarelay.testing.FakeIotda.answer;
import static io.iotdarelay.testing.FakeIotda.unavailable;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.iotdarelay.lane.InFlightLimit;
import io.iotdarelay.limits.Limits;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.tracing.RequestTrace;
import io.iotdarelay.tracing.Tracing;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one device, or a few, does or suffers is not held against the others, nor against the platform. */
class FailuresStayAloneTest extends DeliveryWorld {

    private int defects;

    /** Two clients authenticate one device: each new token invalidates the other one 30 seconds later, indefinitely. */
    @Test
    void anotherClientOfTheDeviceIsNoticed() {
        Map<AccessToken, Long> dies = new HashMap<>();
        long[] rivalDies = {Long.MAX_VALUE};
        AccessToken[] ours = {null};
        int[] rejections = {0};
        iotda.onAuthentication(credentials -> {
            rivalDies[0] = Math.min(rivalDies[0], millis() + 30_000); // ours supersedes theirs
            return null;
        });
        iotda.onReport((token, sent) -> {
            if (!token.equals(ours[0])) {
                ours[0] = token;
                dies.put(token, Long.MAX_VALUE);
            }
            if (dies.getOrDefault(token, Long.MAX_VALUE) <= millis()) {
                rejections[0]++;
                return new Verdict.InvalidToken(answer(403, "IOTDA.000004"));
            }
            return new Verdict.Accepted();
        });
        DeliveryLoop loop = loop();
        for (int second = 0; second < 3600; second++) {
            if (rivalDies[0] <= millis() || second == 5) { // the rival's token was rejected: it authenticates anew
                rivalDies[0] = Long.MAX_VALUE;
                if (ours[0] != null) {
                    dies.merge(ours[0], millis() + 30_000, Math::min);
                }
            }
            enqueue(loop, properties("d", "{" + second + "}"));
            advance(Duration.ofSeconds(1));
        }

        assertThat(rejections[0]).isGreaterThan(30);
        assertThat(registry.get("relay.tokens.contention").counter().count()).isGreaterThan(30);
    }

    /** As after a restart of the platform, which forgets them. */
    @Test
    void oneTokenThatIsRejectedEarlyIsNoContention() {
        DeliveryLoop loop = loop();
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofMinutes(1));
        int[] times = {0};
        iotda.onReport((token, sent) ->
                times[0]++ == 0 ? new Verdict.InvalidToken(answer(403, "IOTDA.000004")) : new Verdict.Accepted());
        enqueue(loop, properties("d", "{2}"));
        advance(Duration.ofMinutes(1));

        assertThat(delivered).containsExactly("{1}", "{2}");
        assertThat(registry.get("relay.tokens.contention").counter().count()).isZero();
    }

    @Test
    void aDozenFailingDevicesOfAFewHundredNeverOpenTheBreaker() {
        int[] opened = {0};
        reports.getEventPublisher().onStateTransition(event -> opened[0]++);
        iotda.onReport((token, sent) ->
                sent.getFirst().sender().value().startsWith("bad") ? unavailable() : new Verdict.Accepted());
        DeliveryLoop loop = loop();
        for (int second = 0; second < 600; second++) {
            for (int i = 0; i < 200; i++) {
                enqueue(loop, properties("good" + i, "{" + second + "}"));
                if (i % 17 == 0) {
                    enqueue(loop, properties("bad" + i, "{" + second + "}"));
                }
            }
            advance(Duration.ofSeconds(1));
        }

        assertThat(opened[0]).isZero();
        assertThat(delivered).hasSize(600 * 200);
        assertThat(loop.quarantinedCount()).isEqualTo(12);
    }

    /** The platform responds for one device only that it does not exist, with or without an error code of its own. */
    @Test
    void aDeviceThatIsNotFoundIsSetAsideAfterBoundedAttempts() {
        for (Verdict verdict : List.of(
                new Verdict.Misaddressed("HTTP 404", answer(404, null)),
                new Verdict.DeviceTrouble("HTTP 404 IOTDA.014000", answer(404, "IOTDA.014000")))) {
            new FailuresStayAloneTest().setsAsideAndProbes(verdict);
        }
    }

    private void setsAsideAndProbes(Verdict verdict) {
        iotda.onReport(
                (token, sent) -> sent.getFirst().sender().value().equals("gone") ? verdict : new Verdict.Accepted());
        DeliveryLoop loop = loop();
        for (int second = 0; second < 300; second++) {
            for (int i = 0; i < 50; i++) {
                enqueue(loop, properties("good" + i, "{" + second + "}"));
            }
            enqueue(loop, properties("gone", "{gone}"));
            advance(Duration.ofSeconds(1));
            assertThat(isSuspected()).isFalse();
        }

        assertThat(delivered).hasSize(300 * 50);
        assertThat(rejected).isNotEmpty();
        assertThat(rejected.values())
                .allSatisfy(outcome -> assertThat(outcome.rejection().reason()).isEqualTo(RejectionReason.REFUSED));
        assertThat(loop.quarantined()).singleElement().satisfies(aside -> {
            assertThat(aside.reason()).isEqualTo(RejectionReason.REFUSED);
            assertThat(aside.credentials().device().value()).isEqualTo("gone");
        });
        long requests = iotda.sent().stream()
                .filter(sent -> sent.sender().value().equals("gone"))
                .count();
        assertThat(requests).isBetween(10L, 20L);

        iotda.onReport((token, sent) -> new Verdict.Accepted());
        clock.advance(Duration.ofHours(1));
        enqueue(loop, properties("gone", "{back}"));
        advance(Duration.ofSeconds(1));
        assertThat(delivered).endsWith("{back}");
        assertThat(loop.quarantined()).isEmpty();
    }

    /** Nobody's reports are found: then it is the address, and nothing becomes a dead letter. */
    @Test
    void addressThatIsWrongForEverybodyIsHeldAgainstNobody() {
        iotda.onReport((token, sent) -> new Verdict.Misaddressed("HTTP 404", answer(404, null)));
        DeliveryLoop loop = loop();
        for (int i = 0; i < 4; i++) {
            enqueue(loop, properties("d" + i, "{" + i + "}"));
        }
        advance(Duration.ofMinutes(30));

        assertThat(isSuspected()).isTrue();
        assertThat(rejected).isEmpty();
        iotda.onReport((token, sent) -> new Verdict.Accepted());
        advance(Duration.ofMinutes(1));
        assertThat(delivered).hasSize(4);
    }

    /** One device, and no other that could show whether the address is right. */
    @Test
    void addressThatIsWrongForTheOnlyDeviceIsSuspected() {
        iotda.onReport((token, sent) -> new Verdict.Misaddressed("HTTP 404", answer(404, null)));
        DeliveryLoop loop = loop();
        enqueue(loop, properties("only", "{1}"));
        advance(Duration.ofMinutes(10));

        assertThat(isSuspected()).isTrue();
        assertThat(rejected).isEmpty();
    }

    /** A locked tenant: the platform responds the same to all. */
    @Test
    void refusalOfEverybodyIsHeldAgainstNobody() {
        DeliveryLoop loop = loop();
        for (int i = 0; i < 100; i++) {
            enqueue(loop, properties("d" + i, "{1}"));
        }
        advance(Duration.ofSeconds(10));
        assertThat(delivered).hasSize(100);

        iotda.onReport((token, sent) -> new Verdict.Forbidden(answer(403, "IOTDA.999999")));
        for (int i = 0; i < 100; i++) {
            enqueue(loop, properties("d" + i, "{2}"));
        }
        advance(Duration.ofMinutes(30));
        assertThat(isSuspected()).isTrue();
        assertThat(rejected).isEmpty();

        iotda.onReport((token, sent) -> new Verdict.Accepted());
        advance(Duration.ofMinutes(1));
        assertThat(delivered).hasSize(200);
    }

    /** The secrets of a whole fleet are refused, as with another instance's address: the first ten find out. */
    @Test
    void secretsThatAreRefusedForEverybodyCostTenDevicesAtMost() {
        iotda.onAuthentication(credentials -> new Verdict.DeviceRefused(answer(401, "IOTDA.000002")));
        DeliveryLoop loop = loop();
        for (int i = 0; i < 200; i++) {
            enqueue(loop, properties("d" + i, "{1}"));
        }
        advance(Duration.ofMinutes(5));

        assertThat(isSuspected()).isTrue();
        assertThat(rejected).hasSizeLessThan(10);

        iotda.onAuthentication(credentials -> null);
        advance(Duration.ofMinutes(2));
        assertThat(delivered.size() + rejected.size()).isEqualTo(200);
        assertThat(isSuspected()).isFalse();
    }

    /** Two devices get unusable tokens. */
    @Test
    void tokensThatCannotBeUsedAreTheDevicesOwnTrouble() {
        iotda.onAuthentication(credentials -> credentials.device().value().startsWith("odd")
                ? new Verdict.DeviceTrouble("no usable token", answer(200, null))
                : null);
        DeliveryLoop loop = loop();
        for (int second = 0; second < 600; second++) {
            enqueue(loop, properties("odd" + second % 2, "{odd}"), properties("good" + second, "{" + second + "}"));
            advance(Duration.ofSeconds(1));
            assertThat(authentications.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        }

        assertThat(delivered).hasSize(600);
        assertThat(loop.quarantined()).hasSize(2);
    }

    /** A renewal with the former secret is in flight when the directory learns the new one. */
    @Test
    void whatIsRefusedIsTheSecretThatWasTried() {
        boolean[] rotated = {false};
        iotda.tokenLifetime(Duration.ofSeconds(1000));
        iotda.onAuthentication(
                credentials -> rotated[0] && !credentials.secret().value().equals("new-secret")
                        ? new Verdict.DeviceRefused(answer(401, "IOTDA.000002"))
                        : null);
        AccessToken[] former = {null};
        iotda.onReport((token, sent) -> {
            if (!rotated[0]) {
                former[0] = token;
            }
            return rotated[0] && token.equals(former[0])
                    ? new Verdict.InvalidToken(answer(403, "IOTDA.000004"))
                    : new Verdict.Accepted();
        });
        DeliveryLoop loop = loop();
        enqueue(loop, properties("d", "{0}"));
        advance(Duration.ofMinutes(14));
        assertThat(delivered).hasSize(1);
        iotda.latency(Duration.ofSeconds(10));
        while (iotda.authentications().size() < 2) { // the renewal is sent
            advance(Duration.ofMillis(100));
        }
        iotda.latency(Duration.ofMillis(10));
        rotated[0] = true;
        directory.with("d", "new-secret");
        advance(Duration.ofSeconds(2));
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofSeconds(20));

        assertThat(rejected).isEmpty();
        assertThat(delivered).containsExactly("{0}", "{1}");
    }

    @Test
    void aDeviceThatFailsAloneForLongIsSetAside() {
        iotda.onReport((token, sent) ->
                sent.getFirst().sender().value().equals("bad") ? unavailable() : new Verdict.Accepted());
        DeliveryLoop loop = loop();
        for (int second = 0; second < 280; second++) {
            enqueue(loop, properties("bad", "{bad}"), properties("good", "{" + second + "}"));
            advance(Duration.ofSeconds(1));
        }
        assertThat(rejected).isEmpty();
        for (int second = 280; second < 340; second++) {
            enqueue(loop, properties("bad", "{bad}"), properties("good", "{" + second + "}"));
            advance(Duration.ofSeconds(1));
        }

        assertThat(delivered).hasSize(340);
        assertThat(rejected).isNotEmpty();
        assertThat(rejected.values())
                .allSatisfy(
                        outcome -> assertThat(outcome.rejection().reason()).isEqualTo(RejectionReason.DEVICE_FAILING));
        assertThat(loop.quarantined()).hasSize(1);

        clock.advance(Duration.ofMinutes(1));
        enqueue(loop, properties("bad", "{probe}"));
        for (int second = 0; second < 10; second++) {
            enqueue(loop, properties("good", "{more}"));
            advance(Duration.ofSeconds(1));
        }
        assertThat(loop.quarantined())
                .singleElement()
                .satisfies(aside -> assertThat(aside.refusals()).isEqualTo(2));
        iotda.onReport((token, sent) -> new Verdict.Accepted());
        clock.advance(Duration.ofMinutes(5));
        enqueue(loop, properties("bad", "{good again}"));
        advance(Duration.ofSeconds(1));
        assertThat(delivered).endsWith("{good again}");
        assertThat(loop.quarantined()).isEmpty();
    }

    /**
     * A quarter of the requests is reset for some seconds, among them the probe of a device that was refused before and is welcome
     * again. A reset does not refuse it.
     */
    @Test
    void aRefusedDeviceWhoseProbeGetsNoResponseHasNotFailedForLong() {
        boolean[] refused = {true};
        boolean[] resets = {false};
        iotda.onAuthentication(credentials -> {
            if (!credentials.device().value().equals("bad")) {
                return null;
            }
            return refused[0]
                    ? new Verdict.DeviceRefused(answer(403, "IOTDA.000002"))
                    : resets[0] ? unavailable() : null;
        });
        DeliveryLoop loop = loop();
        enqueue(loop, properties("bad", "{refused}"), properties("good", "{}"));
        advance(Duration.ofSeconds(1));
        assertThat(rejected).hasSize(1);
        assertThat(loop.quarantined()).hasSize(1);

        refused[0] = false;
        resets[0] = true;
        clock.advance(Duration.ofMinutes(1));
        enqueue(loop, properties("bad", "{probe}"), properties("bad", "{next}"));
        for (int second = 0; second < 10; second++) {
            enqueue(loop, properties("good" + second, "{}"));
            advance(Duration.ofSeconds(1));
        }
        assertThat(rejected).hasSize(1);

        resets[0] = false;
        advance(Duration.ofSeconds(30));
        assertThat(rejected).hasSize(1);
        assertThat(delivered).endsWith("{probe}", "{next}");
        assertThat(loop.quarantined()).isEmpty();
    }

    @Test
    void nobodyIsSetAsideDuringAnOutage() {
        DeliveryLoop loop = loop();
        enqueue(loop, message("a", "{a0}"), message("b", "{b0}"));
        advance(Duration.ofSeconds(1));
        iotda.onReport((token, sent) -> unavailable());
        for (int i = 0; i < 30; i++) {
            enqueue(loop, message("a", "{a}"), message("b", "{b}"), message("c" + i, "{c}"));
            halfOpen();
            advance(Duration.ofMinutes(1));
        }
        assertThat(rejected).isEmpty();
        assertThat(loop.quarantined()).isEmpty();

        iotda.onReport((token, sent) -> new Verdict.Accepted());
        halfOpen();
        advance(Duration.ofMinutes(1));
        assertThat(delivered).hasSize(92);
    }

    @Test
    void nobodyIsEverSetAsideWhereThatIsSwitchedOff() {
        failingAfter = Duration.ZERO;
        iotda.onReport((token, sent) ->
                sent.getFirst().sender().value().equals("bad") ? unavailable() : new Verdict.Accepted());
        DeliveryLoop loop = loop();
        for (int second = 0; second < 900; second++) {
            enqueue(loop, properties("bad", "{bad}"), properties("good", "{" + second + "}"));
            advance(Duration.ofSeconds(1));
        }

        assertThat(rejected).isEmpty();
    }

    /** Its partition is stuck because of it: it need not have failed for five minutes. */
    @Test
    void aDeviceThatHoldsItsPartitionUpIsSetAsideAtOnceIfItFailsAlone() {
        iotda.onReport((token, sent) ->
                sent.getFirst().sender().value().equals("bad") ? unavailable() : new Verdict.Accepted());
        DeliveryLoop loop = loop();
        enqueue(loop, properties("bad", "{bad}"));
        for (int second = 0; second < 30; second++) {
            enqueue(loop, properties("good", "{" + second + "}"));
            advance(Duration.ofSeconds(1));
        }
        assertThat(rejected).isEmpty();

        for (int i = 0; i < 30 && rejected.isEmpty(); i++) {
            loop.unblock(new SourcePartition("topic", 0));
            enqueue(loop, properties("good", "{more}"));
            advance(Duration.ofSeconds(1));
        }

        assertThat(rejected.values())
                .singleElement()
                .satisfies(
                        outcome -> assertThat(outcome.rejection().reason()).isEqualTo(RejectionReason.DEVICE_FAILING));
    }

    /** A third of the fleet never answers, and takes every slot it gets for the whole timeout. */
    @Test
    void silentDevicesDoNotTakeTheSlotsOfTheOthers() {
        slots = 64;
        slowSlots = 64;
        boolean[] silent = {false};
        iotda.latency(sent -> isSilent(sent.sender(), silent[0]) ? Duration.ofSeconds(20) : Duration.ofMillis(20));
        iotda.onReport((token, sent) ->
                isSilent(sent.getFirst().sender(), silent[0]) ? unavailable() : new Verdict.Accepted());
        DeliveryLoop loop = loop();
        for (int second = 0; second < 180; second++) {
            silent[0] = second >= 60;
            for (int i = 0; i < 300; i++) {
                enqueue(loop, properties((i % 3 == 0 ? "silent" : "good") + i, "{" + second + "}"));
            }
            advance(Duration.ofSeconds(1));
            assertThat(reports.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        }

        int good = delivered.size() - 60 * 100;
        assertThat(good).isGreaterThan((180 - 3) * 200);
        assertThat(iotda.mostUnderWay()).isLessThanOrEqualTo(128);
    }

    /** Nearly all of the quota is needed, and more devices fail than there are slots for failing ones. */
    @ParameterizedTest
    @EnumSource(InFlightLimit.class)
    void silentDevicesDoNotHoldUpTheLineForTheQuota(InFlightLimit limit) {
        inFlightLimit = limit;
        messagesPerSecond = 100;
        iotda.latency(sent -> isSilent(sent.sender(), true) ? Duration.ofSeconds(15) : Duration.ofMillis(20));
        iotda.onReport(
                (token, sent) -> isSilent(sent.getFirst().sender(), true) ? unavailable() : new Verdict.Accepted());
        DeliveryLoop loop = loop();
        for (int second = 0; second < 120; second++) {
            for (int i = 0; i < 120; i++) {
                enqueue(loop, message("good" + i % 60, "{" + second + "}"));
            }
            for (int i = 0; i < 40; i++) {
                enqueue(loop, message("silent" + i, "{" + second + "}"));
            }
            advance(Duration.ofSeconds(1));
        }

        assertThat(delivered).hasSizeGreaterThan(120 * 85);
    }

    private static boolean isSilent(DeviceId device, boolean silent) {
        return silent && device.value().startsWith("silent");
    }

    @Test
    void whatIsNotSentCostsNothing() {
        messagesPerSecond = 1;
        DeliveryLoop loop = loop();
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofSeconds(5));
        assertThat(delivered).containsExactly("{1}");
        reports.transitionToOpenState();
        reports.transitionToHalfOpenState();
        for (int i = 0; i < 3; i++) {
            assertThat(reports.tryAcquirePermission()).isTrue();
        }
        for (int i = 0; i < 100; i++) {
            enqueue(loop, properties("d" + i, "{2}"));
        }
        advance(Duration.ofMillis(900));

        assertThat(Limits.delay(reportRate)).isZero();
        assertThat(iotda.sent()).hasSize(1);
    }

    /** A defect between the permit and the request. */
    @Test
    void aDefectOfOursLeavesNoPermitBehind() {
        tracing = new Tracing() {
            @Override
            public RequestTrace report(List<SourceRecord> records, int attempt) {
                if (defects-- > 0) {
                    throw new IllegalStateException("a defect");
                }
                return RequestTrace.NONE;
            }

            @Override
            public RequestTrace authentication() {
                return RequestTrace.NONE;
            }

            @Override
            public void rejected(SourceRecord record, RejectionReason reason) {}

            @Override
            public void onBehalfOf(SourceRecord record, Runnable work) {
                work.run();
            }
        };
        slots = 1;
        DeliveryLoop loop = loop();
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofSeconds(1));
        assertThat(delivered).containsExactly("{1}");

        reports.transitionToOpenState();
        reports.transitionToHalfOpenState();
        defects = 1;
        enqueue(loop, properties("d", "{2}"));
        advance(Duration.ofHours(1));
        assertThat(delivered).containsExactly("{1}", "{2}");

        // And the single probe of a suspected configuration
        clock.advance(Duration.ofMinutes(1));
        iotda.onReport((token, sent) -> new Verdict.Misaddressed("HTTP 404", answer(404, null)));
        for (int i = 0; i < 3; i++) {
            enqueue(loop, properties("d" + i, "{3}"));
        }
        advance(Duration.ofSeconds(5));
        assertThat(isSuspected()).isTrue();
        iotda.onReport((token, sent) -> new Verdict.Accepted());
        defects = 1;
        advance(Duration.ofHours(1));

        assertThat(defects).isNegative();
        assertThat(delivered).containsExactly("{1}", "{2}", "{3}", "{3}", "{3}");
        assertThat(requestsInFlight).hasValue(0);
    }

    private long millis() {
        return time.now(TimeUnit.MILLISECONDS);
    }
}
