package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;

/** A device that is slow, silent, refused or throttled delays nobody else, even on the same partition. */
class OneBadDeviceCostsOnlyItselfIT {

    private static final String BAD = "bad";

    static Stream<Arguments> evils() {
        return Stream.of(
                evil("is-silent", simulator -> simulator.faults().inject(Faults.device(BAD), new Fault.Silence())),
                evil(
                        "fails",
                        simulator -> simulator.faults().inject(Faults.device(BAD), new Fault.Answer(Reply.html(503)))),
                evil(
                        "is-slow",
                        simulator -> simulator
                                .faults()
                                .inject(
                                        Faults.device(BAD),
                                        new Fault.Delay(Duration.ofSeconds(3), Duration.ofSeconds(3)))),
                evil(
                        "is-throttled",
                        simulator -> simulator
                                .faults()
                                .inject(
                                        Faults.device(BAD),
                                        new Fault.Answer(Reply.error(403, "IOTDA.021101", "too fast")))),
                evil(
                        "is-not-found",
                        simulator -> simulator
                                .faults()
                                .inject(Faults.device(BAD).and(Faults.reports()), new Fault.Answer(Reply.html(404)))),
                evil(
                        "does-not-exist",
                        simulator -> simulator
                                .faults()
                                .inject(
                                        Faults.device(BAD),
                                        new Fault.Answer(Reply.error(404, "IOTDA.014000", "no such device")))),
                evil(
                        "is-redirected",
                        simulator -> simulator
                                .faults()
                                .inject(
                                        Faults.device(BAD).and(Faults.reports()),
                                        new Fault.Answer(Reply.empty(302).with("Location", "/")))),
                evil(
                        "gets-a-page",
                        simulator -> simulator
                                .faults()
                                .inject(Faults.device(BAD).and(Faults.reports()), new Fault.Answer(Reply.html(200)))),
                evil(
                        "gets-no-token",
                        simulator -> simulator
                                .faults()
                                .inject(
                                        Faults.device(BAD).and(Faults.api(Api.DEVICE_AUTH)),
                                        new Fault.Answer(Reply.empty(200)))),
                evil("is-frozen", simulator -> simulator.freeze(BAD)),
                evil(
                        "has-no-valid-token",
                        simulator -> simulator
                                .faults()
                                .inject(
                                        Faults.device(BAD).and(Faults.reports()),
                                        new Fault.Answer(Reply.error(403, "IOTDA.000004", "invalid")))));
    }

    private static Arguments evil(String name, Consumer<Simulator> begin) {
        return Arguments.of(name, begin);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("evils")
    void delaysNobodyElse(String name, Consumer<Simulator> begin) throws Exception {
        try (Scene scene = Scene.of("one-" + name, 1)) {
            // Given
            scene.simulator().register(SimulatedDevice.direct(BAD, "secret-of-bad"));
            Fleet fleet = scene.fleet(50);
            scene.relays().with("relay.source.drain-timeout", "100ms");
            begin.accept(scene.simulator());
            ConfigurableApplicationContext relay = scene.start();

            // When
            for (int i = 0; i < 20; i++) {
                scene.send(BAD, "{\"n\":1}");
                fleet.produceForEach(scene.producer(), scene.topic(), 5);
            }

            // Then
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> good(scene).size() == fleet.total());
            assertThat(Actuator.of(relay).status("iotda")).isEqualTo("UP");
            for (String device : fleet.devices()) {
                assertThat(scene.simulator().ledger().accepted(device))
                        .extracting(report -> report.content().path("n").asInt())
                        .isSorted()
                        .doesNotHaveDuplicates();
            }
        }
    }

    private static List<Ledger.Accepted> good(Scene scene) {
        return scene.simulator().ledger().accepted().stream()
                .filter(report -> !report.device().equals(BAD))
                .toList();
    }
}
