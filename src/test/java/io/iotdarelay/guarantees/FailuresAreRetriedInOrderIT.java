package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A request that fails because the platform is in trouble is sent again, and the device's order holds; nothing is given up. */
class FailuresAreRetriedInOrderIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int FAILURES = 2;

    private static Scene scene;
    private static Fleet good;
    private static Actuator actuator;

    @BeforeAll
    static void start() {
        scene = Scene.of("trouble", 1);
        troubles().map(trouble -> (String) trouble.get()[0]).forEach(scene::register);
        good = scene.fleet(20);
        scene.relays()
                .withShortBackoff()
                .with("relay.iotda.response-timeout", "1s")
                .with("relay.iotda.connect-timeout", "1s");
        actuator = Actuator.of(scene.start());
    }

    @AfterAll
    static void stop() throws Exception {
        scene.close();
    }

    static Stream<Arguments> troubles() {
        Stream<Arguments> answers = IntStream.of(408, 425, 500, 502, 503, 504)
                .mapToObj(status -> Arguments.of("by-" + status, new Fault.Answer(Reply.html(status)), true));
        return Stream.concat(
                answers,
                Stream.of(
                        Arguments.of("by-reset", new Fault.Reset(), true),
                        Arguments.of("by-silence", new Fault.Silence(), true),
                        Arguments.of("by-reset-after-processing", new Fault.ResetAfterProcessing(), false),
                        Arguments.of("by-a-body-without-end", new Fault.SlowBody(Duration.ofSeconds(1)), true)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("troubles")
    void troubleIsRetriedAndTheOrderHolds(String device, Fault trouble, boolean once) {
        // Given
        boolean authentications = trouble instanceof Fault.SlowBody;
        scene.simulator()
                .faults()
                .injectNext(
                        FAILURES,
                        Faults.device(device).and(authentications ? Faults.api(Api.DEVICE_AUTH) : Faults.reports()),
                        trouble);

        // When
        for (int i = 0; i < 5; i++) {
            scene.send(device, "{\"n\":" + i + "}");
        }
        good.produceForEach(scene.producer(), scene.topic(), 1);

        // Then
        await().atMost(SOON)
                .until(() -> scene.requests(Api.PROPERTIES, device).size() > (authentications ? 0 : FAILURES)
                        && scene.arrived(device).contains(4));
        assertThat(
                        once
                                ? scene.arrived(device)
                                : scene.arrived(device).stream().distinct().toList())
                .containsExactly(0, 1, 2, 3, 4);
        assertThat(scene.requests(Api.DEVICE_AUTH, device)).hasSize(authentications ? FAILURES + 1 : 1);
        if (!authentications) {
            assertThat(scene.requests(Api.PROPERTIES, device).subList(0, FAILURES + 1))
                    .extracting(Ledger.Request::body)
                    .as("the same request")
                    .containsOnly(
                            scene.requests(Api.PROPERTIES, device).getFirst().body());
        }
        scene.awaitEachOnce(good, SOON);
        assertThat(scene.deadLetters()).isZero();
        assertThat(actuator.status("iotda")).isEqualTo("UP");
    }
}
