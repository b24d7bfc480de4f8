package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;

/** While the platform is down records wait in Kafka, and go on in order when it is back. */
@Execution(ExecutionMode.CONCURRENT)
class OutageIsNotADeadLetterIT {

    static Stream<Arguments> outages() {
        return Stream.of(
                outage("answers-503", simulator -> simulator.faults().inject(new Fault.Answer(Reply.html(503)))),
                outage("resets", simulator -> simulator.faults().inject(new Fault.Reset())),
                outage("is-silent", simulator -> simulator.faults().inject(new Fault.Silence())),
                outage(
                        "fails-reports",
                        simulator -> simulator.faults().inject(Faults.reports(), new Fault.Answer(Reply.html(500)))));
    }

    private static Arguments outage(String name, Consumer<Simulator> begin) {
        return Arguments.of(name, begin);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("outages")
    void waitsAndContinuesInOrder(String name, Consumer<Simulator> begin) throws Exception {
        try (Scene scene = Scene.of("outage-" + name, 3)) {
            // Given
            Fleet fleet = scene.fleet(100);
            scene.relays().with("relay.iotda.response-timeout", "1s").with("relay.iotda.connect-timeout", "1s");
            ConfigurableApplicationContext relay = scene.start();
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            scene.settled(fleet, Duration.ofSeconds(30));

            // When
            begin.accept(scene.simulator());
            fleet.produceForEach(scene.producer(), scene.topic(), 10);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> Actuator.of(relay).status("iotda").equals("OUT_OF_SERVICE"));
            await().atMost(Duration.ofSeconds(5)).until(() -> Actuator.of(relay).pausedPartitions("breaker-open") == 3);
            assertThat(Actuator.of(relay).status("readiness")).isEqualTo("UP");
            assertThat(Actuator.of(relay).status("liveness")).isEqualTo("UP");
            scene.simulator().faults().clear();
            Audit audit = scene.settled(fleet, Duration.ofSeconds(15));

            // Then
            Scene.assertDeliveredOnce(audit);
            assertThat(scene.deadLetters()).isZero();
            assertThat(Actuator.of(relay).status("iotda")).isEqualTo("UP");
        }
    }

    @Test
    void outlastsFifteenSecondsInWhichNobodyIsThere() throws Exception {
        try (Scene scene = Scene.of("outage-refused", 3)) {
            // Given
            Fleet fleet = scene.fleet(100);
            scene.start();
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            scene.settled(fleet, Duration.ofSeconds(30));

            // When
            scene.simulator().refuseConnections();
            long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
            fleet.produceForEach(scene.producer(), scene.topic(), 10);
            await().atMost(Duration.ofSeconds(20)).until(() -> System.nanoTime() > end);
            scene.simulator().acceptConnections();
            Audit audit = scene.settled(fleet, Duration.ofSeconds(15));

            // Then
            Scene.assertDeliveredInOrder(audit);
            assertThat(scene.deadLetters()).isZero();
        }
    }
}
