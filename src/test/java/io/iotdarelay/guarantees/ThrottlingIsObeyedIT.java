package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Errors;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Whatever name throttling has, the relay waits as long as it is asked to, halves the rate where all are meant, and climbs again; it
 * does not authenticate, no breaker counts it, and nothing becomes a dead letter.
 */
class ThrottlingIsObeyedIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final double QUOTA = 200;
    private static final int ASKED_SECONDS = 1;

    private static Scene scene;
    private static Fleet fleet;
    private static Actuator actuator;

    @BeforeAll
    static void start() {
        scene = Scene.of("obeyed", 1);
        throttlings().map(throttling -> (String) throttling.get()[0]).forEach(scene::register);
        scene.register("limited-to-a-date");
        scene.register("tenant");
        fleet = scene.fleet(40);
        scene.relays().withShortBackoff().with("relay.quota.messages-per-second", String.valueOf(QUOTA));
        actuator = Actuator.of(scene.start());
    }

    @AfterAll
    static void stop() throws Exception {
        scene.close();
    }

    static Stream<Arguments> throttlings() {
        return Stream.of(
                Arguments.of("by-IOTDA-021101", Api.PROPERTIES, Errors.rateLimit()),
                Arguments.of("by-IOTDA-021102", Api.PROPERTIES, Errors.tenantRateLimit(10)),
                Arguments.of("by-429", Api.PROPERTIES, Reply.html(429)),
                Arguments.of("by-429-at-device-auth", Api.DEVICE_AUTH, Reply.html(429)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("throttlings")
    void throttlingWithRetryAfterInSecondsIsWaitedFor(String device, Api api, Reply throttling) {
        // Given
        throttle(Faults.device(device).and(Faults.api(api)), throttling.with("Retry-After", "" + ASKED_SECONDS), 1);

        // When
        sendThree(device);

        // Then
        List<Ledger.Request> requests = scene.requests(api, device);
        assertThat(requests.getFirst().status()).isEqualTo(throttling.status());
        assertThat(Duration.between(requests.get(0).at(), requests.get(1).at()))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(ASKED_SECONDS));
        assertNothingElseHappened(device, api == Api.DEVICE_AUTH ? 2 : 1);
    }

    @Test
    void throttlingWithRetryAfterAsADateIsWaitedFor() {
        // Given
        String device = "limited-to-a-date";
        Instant date = Instant.ofEpochSecond(Instant.now().getEpochSecond() + ASKED_SECONDS + 1);
        String text = DateTimeFormatter.RFC_1123_DATE_TIME.format(date.atOffset(ZoneOffset.UTC));
        throttle(Faults.device(device).and(Faults.reports()), Reply.html(429).with("Retry-After", text), 1);

        // When
        sendThree(device);

        // Then
        List<Ledger.Request> requests = scene.requests(Api.PROPERTIES, device);
        assertThat(requests.getFirst().status()).isEqualTo(429);
        assertThat(requests.get(1).at()).isAfterOrEqualTo(date.minusMillis(10));
        assertNothingElseHappened(device, 1);
    }

    @Test
    void throttlingOfTheTenantHalvesTheRateWhichThenClimbs() {
        // Given
        await().atMost(Duration.ofSeconds(60)).until(() -> rate() == QUOTA);
        throttle(Faults.device("tenant").and(Faults.reports()), Errors.tenantRateLimit(100), 1);
        List<Double> rates = new ArrayList<>();

        // When
        scene.send("tenant", "{\"n\":0}");
        scene.flush();
        await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> rate() < QUOTA);
        await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(() -> {
            rates.add(rate());
            return rates.getLast() == QUOTA;
        });

        // Then
        assertThat(rates.getFirst()).isEqualTo(QUOTA / 2);
        assertThat(rates).isSorted();
        assertThat(rates.stream().distinct()).hasSizeGreaterThan(2);
        await().atMost(SOON).until(() -> scene.arrived("tenant").equals(List.of(0)));
        assertNothingElseHappened("tenant", 1);
    }

    @Test
    void throttlingOfEverybodyOpensNoBreaker() {
        // Given
        fleet.produceForEach(scene.producer(), scene.topic(), 1);
        scene.awaitEachOnce(fleet, SOON);
        throttle(call -> call.device().startsWith("obeyed-"), Reply.html(429), 40);

        // When
        fleet.produceForEach(scene.producer(), scene.topic(), 2);

        // Then
        scene.awaitEachOnce(fleet, SOON);
        assertThat(fleet.devices())
                .anySatisfy(device -> assertThat(scene.requests(Api.PROPERTIES, device))
                        .extracting(Ledger.Request::status)
                        .contains(429));
        assertNoBreakerCounted();
        assertThat(scene.deadLetters()).isZero();
    }

    private static void throttle(Predicate<Faults.Call> which, Reply throttling, int times) {
        scene.simulator().faults().injectNext(times, which, new Fault.Answer(throttling));
    }

    /** Waits until they have arrived. */
    private static void sendThree(String device) {
        for (int i = 0; i < 3; i++) {
            scene.send(device, "{\"n\":" + i + "}");
        }
        scene.flush();
        await().atMost(SOON).until(() -> scene.arrived(device).size() >= 3);
        assertThat(scene.arrived(device))
                .isEqualTo(IntStream.range(0, 3).boxed().toList());
    }

    private static void assertNothingElseHappened(String device, int authentications) {
        assertThat(scene.requests(Api.DEVICE_AUTH, device)).hasSize(authentications);
        assertNoBreakerCounted();
        assertThat(scene.deadLetters()).isZero();
    }

    private static void assertNoBreakerCounted() {
        JsonNode health = actuator.asOperator().json("/health/iotda");
        assertThat(health.path("status").asString()).isEqualTo("UP");
        assertThat(health.path("details").path("breakers").valueStream())
                .hasSize(3)
                .allSatisfy(breaker -> {
                    assertThat(breaker.path("state").asString()).isEqualTo("CLOSED");
                    assertThat(breaker.has("lastFailure")).isFalse();
                });
    }

    private static double rate() {
        return actuator.asOperator()
                .json("/health/iotda")
                .path("details")
                .path("messagesPerSecondLimit")
                .asDouble();
    }
}
