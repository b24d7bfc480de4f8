package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;

/** A server that cannot prove to be the platform, or is not the platform, gets no records, and the operator sees why. */
class MisconfigurationLeaksNothingIT {

    /** Those that are sent together before the first response. */
    private static final int FIRST_REQUESTS = 32;

    /** Servers that do not prove to be the platform. A relay that meets one at its start does not even join its group. */
    static Stream<Arguments> certificates() {
        return Stream.of(
                mistake("untrusted", Simulator::presentUntrustedCertificate, "did not prove", 0),
                mistake("expired", Simulator::presentExpiredCertificate, "did not prove", 0),
                mistake("another-host", Simulator::presentCertificateOfAnotherHost, "did not prove", 0));
    }

    /** What only an answer shows. */
    static Stream<Arguments> answers() {
        return Stream.of(
                mistake(
                        "maintenance-page",
                        simulator -> answer(simulator, Reply.html(200)),
                        "HTTP 200",
                        FIRST_REQUESTS),
                mistake("not-found", simulator -> answer(simulator, Reply.html(404)), "404", FIRST_REQUESTS),
                mistake(
                        "redirect",
                        simulator -> answer(simulator, Reply.empty(302).with("Location", simulator.endpoint() + "/x")),
                        "302",
                        FIRST_REQUESTS));
    }

    private static void answer(Simulator simulator, Reply reply) {
        simulator.faults().inject(new Fault.Answer(reply));
    }

    private static Arguments mistake(String name, Consumer<Simulator> make, String told, int requests) {
        return Arguments.of(name, make, told, requests);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void stopsAndSaysWhy(String name, Consumer<Simulator> make, String told, int requests) throws Exception {
        try (Scene scene = Scene.of("mistake-" + name, 2)) {
            // Given
            Fleet fleet = scene.fleet(100);
            make.accept(scene.simulator());
            fleet.produceForEach(scene.producer(), scene.topic(), 3);

            // When
            ConfigurableApplicationContext relay = scene.start();

            // Then
            assertStopped(scene, Actuator.of(relay), told, requests);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"certificates", "answers"})
    void stopsAndSaysWhyWhenItIsReady(String name, Consumer<Simulator> make, String told, int requests)
            throws Exception {
        try (Scene scene = Scene.of("later-mistake-" + name, 2)) {
            // Given
            Fleet fleet = scene.fleet(100);
            Actuator actuator = Actuator.of(scene.start());
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> actuator.status("readiness").equals("UP"));

            // When
            make.accept(scene.simulator());
            fleet.produceForEach(scene.producer(), scene.topic(), 3);

            // Then
            assertStopped(scene, actuator, told, requests);
        }
    }

    private static void assertStopped(Scene scene, Actuator actuator, String told, int requests) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> actuator.status("iotda").equals("DOWN"));
        assertThat(actuator.status("readiness")).isEqualTo("OUT_OF_SERVICE");
        assertThat(actuator.status("liveness")).isEqualTo("UP");
        assertThat(actuator.asOperator()
                        .json("/health/iotda")
                        .path("details")
                        .path("reason")
                        .asString())
                .contains(told);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> Actuator.sum(actuator.metrics(), "relay_partition_paused{") == 2);
        assertThat(scene.simulator().ledger().acceptedCount()).isZero();
        assertThat(scene.simulator().ledger().requestCount()).isLessThanOrEqualTo(requests);
        assertThat(scene.deadLetters()).isZero();
    }
}
