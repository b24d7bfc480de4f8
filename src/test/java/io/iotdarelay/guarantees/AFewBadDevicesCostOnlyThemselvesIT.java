package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A dozen of 132 devices fail or hang, all at once and all the time, with default settings: the others' records arrive as if nothing
 * had happened, no breaker opens, and no partition is ever paused.
 */
class AFewBadDevicesCostOnlyThemselvesIT {

    private static final int DEVICES = 132;
    private static final int BAD_ONE_IN = 11;
    private static final int ROUNDS = 40;
    private static final int STALE = 10;

    static Stream<Arguments> troubles() {
        return Stream.of(
                Arguments.of("calm", null),
                Arguments.of("fail", new Fault.Answer(Reply.html(503))),
                Arguments.of("hang", new Fault.Silence()),
                Arguments.of("are-not-found", new Fault.Answer(Reply.html(404))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("troubles")
    void delayNobodyElse(String name, @org.jspecify.annotations.Nullable Fault fault) throws Exception {
        try (Scene scene = Scene.of("few-" + name, 3)) {
            // Given
            Fleet fleet = scene.fleet(DEVICES);
            scene.relays().with("relay.source.drain-timeout", "1s");
            Set<String> bad = bad(fleet);
            if (fault != null) {
                scene.simulator().faults().inject(call -> bad.contains(call.device()), fault);
            } else {
                bad.clear();
            }
            ConfigurableApplicationContext relay = scene.start();
            Actuator actuator = Actuator.of(relay);
            List<Long> latencies = new ArrayList<>();

            // When
            for (int round = 0; round < ROUNDS; round++) {
                fleet.produceForEach(scene.producer(), scene.topic(), 1);
                scene.flush();
                long sent = System.nanoTime();
                int expected = (DEVICES - bad.size()) * (round + 1);
                await().atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> good(scene, bad) >= expected);
                latencies.add((System.nanoTime() - sent) / 1_000_000);
                assertThat(actuator.status("iotda")).isEqualTo("UP");
                assertThat(Actuator.sum(actuator.metrics(), "relay_partition_paused{"))
                        .isZero();
            }

            // Then
            for (String device : fleet.devices()) {
                if (!bad.contains(device)) {
                    assertThat(scene.arrived(device)).hasSize(ROUNDS).isSorted().doesNotHaveDuplicates();
                }
            }
            long[] sorted =
                    latencies.stream().mapToLong(Long::longValue).sorted().toArray();
            System.out.println("few bad devices: " + name + ", a round of the others took " + sorted[ROUNDS / 2]
                    + " ms in the middle, the first " + latencies.getFirst() + " ms, the longest of the rest "
                    + Arrays.stream(sorted, 0, ROUNDS - 1).max().orElse(0) + " ms");
        }
    }

    private static Set<String> bad(Fleet fleet) {
        Set<String> bad = new HashSet<>();
        for (int i = 0; i < fleet.devices().size(); i += BAD_ONE_IN) {
            bad.add(fleet.devices().get(i));
        }
        return bad;
    }

    private static long good(Scene scene, Set<String> bad) {
        return scene.simulator().ledger().accepted().stream()
                .filter(report -> !bad.contains(report.device()))
                .count();
    }

    /** The server closes connections in the moment when requests are written to them, which costs no retry and no backoff. */
    @Test
    void connectionsThatTheServerClosesCostNothing() throws Exception {
        try (Scene scene = Scene.of("stale", 1)) {
            // Given
            Fleet fleet = scene.fleet(50);
            Actuator actuator = Actuator.of(scene.start());
            fleet.produceForEach(scene.producer(), scene.topic(), 2);
            Scene.assertDeliveredOnce(scene.settled(fleet, Duration.ofSeconds(30)));

            // When
            for (int i = 0; i < STALE; i++) {
                String device = fleet.devices().get(i);
                scene.simulator()
                        .faults()
                        .injectNext(1, Faults.device(device).and(Faults.reports()), new Fault.Reset());
                fleet.produce(scene.producer(), scene.topic(), device);
                await().until(() -> scene.arrived(device).size() == 3);
            }

            // Then
            Scene.assertDeliveredOnce(scene.settled(fleet, Duration.ofSeconds(30)));
            assertThat(Actuator.sum(
                            actuator.metrics(), "relay_requests_total{api=\"properties\",outcome=\"connection-lost\""))
                    .isEqualTo(STALE);
            assertThat(Actuator.sum(
                            actuator.metrics(), "relay_requests_total{api=\"properties\",outcome=\"unavailable\""))
                    .isZero();
        }
    }
}
