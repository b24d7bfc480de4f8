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
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A token that the platform refuses costs one authentication, and the same request again; a second time in a row is reported. */
class RefusedTokenIsReplacedIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static Scene scene;
    private static Actuator actuator;

    @BeforeAll
    static void start() {
        scene = Scene.of("token", 1);
        refusals().map(refusal -> (String) refusal.get()[0]).forEach(scene::register);
        scene.register("contended");
        scene.relays().withDevicesOfSimulator().withShortBackoff();
        actuator = Actuator.of(scene.start());
    }

    @AfterAll
    static void stop() throws Exception {
        scene.close();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("by-403-IOTDA-000004", Errors.invalidToken()),
                Arguments.of("by-401-IOTDA-000002", Errors.authenticationFailed()),
                Arguments.of("by-401-without-code", Reply.html(401)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void tokenRefusedOnceCostsOneAuthenticationAndTheSameRequestAgain(String device, Reply refusal) {
        // Given
        double contention = contention();
        refuse(device, refusal, 1);

        // When
        scene.send(device, "{\"n\":0}");
        scene.send(device, "{\"n\":1}");
        scene.flush();
        await().atMost(SOON).until(() -> scene.arrived(device).size() >= 2);

        // Then
        assertThat(scene.arrived(device)).containsExactly(0, 1);
        List<Ledger.Request> requests = scene.simulator().ledger().requests().stream()
                .filter(request -> request.device().equals(device))
                .limit(4)
                .toList();
        assertThat(requests)
                .extracting(Ledger.Request::api)
                .containsExactly(Api.DEVICE_AUTH, Api.PROPERTIES, Api.DEVICE_AUTH, Api.PROPERTIES);
        assertThat(requests.get(1).status()).isEqualTo(refusal.status());
        assertThat(requests.get(3).status()).isEqualTo(200);
        assertThat(requests.get(3).body())
                .as("the same request")
                .isEqualTo(requests.get(1).body());
        assertThat(scene.requests(Api.DEVICE_AUTH, device)).hasSize(2);
        assertThat(contention()).isEqualTo(contention);
        assertThat(scene.deadLetters()).isZero();
    }

    @Test
    void tokenRefusedTwiceInARowBacksOffAndCountsAsContention() {
        // Given
        double contention = contention();
        refuse("contended", Errors.invalidToken(), 5);

        // When
        scene.send("contended", "{\"n\":0}");
        scene.send("contended", "{\"n\":1}");
        scene.flush();
        await().atMost(SOON).until(() -> scene.arrived("contended").size() >= 2);

        // Then
        assertThat(scene.arrived("contended")).containsExactly(0, 1);
        assertThat(contention()).isEqualTo(contention + 4);
        List<Ledger.Request> requests = scene.requests(Api.PROPERTIES, "contended");
        assertThat(Duration.between(requests.getFirst().at(), requests.get(5).at()))
                .as("backed off in between")
                .isGreaterThan(Duration.ofMillis(60));
        assertThat(scene.requests(Api.DEVICE_AUTH, "contended")).hasSize(6);
        assertThat(scene.deadLetters()).isZero();
        assertThat(actuator.status("iotda")).isEqualTo("UP");
    }

    private static void refuse(String device, Reply refusal, int times) {
        scene.simulator()
                .faults()
                .injectNext(times, Faults.device(device).and(Faults.reports()), new Fault.Answer(refusal));
    }

    private static double contention() {
        return Actuator.sum(actuator.metrics(), "relay_tokens_contention_total");
    }
}
