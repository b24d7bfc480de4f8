package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;

/** With a store of tokens, no token ends with the process that fetched it. */
@Execution(ExecutionMode.CONCURRENT)
class TokensSurviveIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void aRestartAuthenticatesNobody() throws Exception {
        try (TokenScene tokens = TokenScene.of("tokens-restart", 3)) {
            // Given
            Fleet fleet = tokens.scene().fleet(500);
            ConfigurableApplicationContext first = tokens.scene().start();
            tokens.deliver(fleet, 2);
            assertThat(tokens.authentications()).isEqualTo(500);
            first.close();

            // When
            Actuator second = Actuator.of(tokens.scene().start());
            tokens.deliver(fleet, 2);

            // Then
            assertThat(tokens.authentications()).isEqualTo(500);
            assertThat(metric(second, "relay_tokens_fetched_total")).isZero();
            assertThat(metric(second, "relay_tokens_taken_over_total")).isEqualTo(500);
            assertThat(metric(second, "relay_tokens_stored")).isEqualTo(500);
            assertThat(metric(second, "relay_tokens_store_usable")).isEqualTo(1);
            assertThat(metric(second, "relay_tokens_store_failures_total")).isZero();
            assertThat(second.status("tokens")).isEqualTo("UP");
            assertThat(tokens.scene().simulator().ledger().requests(Api.PROPERTIES))
                    .extracting(Ledger.Request::status)
                    .containsOnly(200);
        }
    }

    @Test
    void theOtherInstanceTakesOverWhatARebalanceGivesIt() throws Exception {
        try (TokenScene tokens = TokenScene.of("tokens-rebalance", 4)) {
            // Given
            Fleet fleet = tokens.scene().fleet(200);
            ConfigurableApplicationContext first = tokens.scene().start();
            tokens.deliver(fleet, 2);

            // When
            Actuator second = Actuator.of(tokens.scene().start());
            await().atMost(SOON).untilAsserted(() -> {
                fleet.produceForEach(tokens.scene().producer(), tokens.scene().topic(), 1);
                tokens.scene().awaitEachOnce(fleet, SOON);
                assertThat(Actuator.sum(second.metrics(), "relay_records_delivered_total"))
                        .isPositive();
            });
            first.close();
            tokens.deliver(fleet, 2);

            // Then
            assertThat(tokens.authentications()).isEqualTo(200);
            assertThat(metric(second, "relay_tokens_fetched_total")).isZero();
            assertThat(metric(second, "relay_tokens_taken_over_total")).isEqualTo(200);
        }
    }

    @Test
    void instancesThatMeetTheSameDevicesShareTheirTokens() throws Exception {
        try (TokenScene tokens = TokenScene.of("tokens-shared", 6)) {
            // Given
            Fleet fleet = tokens.scene().fleet(300);
            tokens.start(3, 6);

            // When
            scatter(tokens, fleet, 20);

            // Then
            assertThat(tokens.authentications()).isBetween(300L, 330L);
            assertThat(tokens.scene().deadLetters()).isZero();
        }
    }

    @Test
    void aSlowAuthenticationIsWaitedFor() throws Exception {
        try (TokenScene tokens = TokenScene.of("tokens-slow", 4)) {
            // Given
            Fleet fleet = tokens.scene().fleet(5);
            tokens.start(2, 4);
            tokens.scene()
                    .simulator()
                    .faults()
                    .inject(
                            Faults.api(Api.DEVICE_AUTH),
                            new Fault.Delay(Duration.ofSeconds(12), Duration.ofSeconds(13)));

            // When
            scatter(tokens, fleet, 20);

            // Then
            assertThat(tokens.authentications()).isEqualTo(5);
        }
    }

    @Test
    void oneInstanceRenewsForAll() throws Exception {
        SimulatorOptions options = new SimulatorOptions().tokenLifetime(Duration.ofSeconds(20));
        try (TokenScene tokens = TokenScene.of("tokens-renewed", 6, options)) {
            // Given
            Fleet fleet = tokens.scene().fleet(50);
            tokens.start(3, 6);

            // When
            long end = System.nanoTime() + Duration.ofSeconds(45).toNanos();
            while (System.nanoTime() < end) {
                scatter(tokens, fleet, 6);
            }

            // Then
            assertThat(tokens.authentications()).isBetween(150L, 220L);
            assertThat(tokens.scene().simulator().ledger().answers().getOrDefault("PROPERTIES 403 IOTDA.000004", 0L))
                    .isLessThan(10);
        }
    }

    /** All of them would be too long to be shown. */
    private static double metric(Actuator relay, String name) {
        return relay.metrics().getOrDefault(name, 0.0);
    }

    /** Produces records of each device to random partitions, and waits until all have arrived. */
    private static void scatter(TokenScene tokens, Fleet fleet, int each) {
        Scene scene = tokens.scene();
        RandomGenerator random = RandomGenerator.getDefault();
        long before = scene.simulator().ledger().acceptedCount();
        int partitions = scene.producer().partitionsFor(scene.topic()).size();
        for (int i = 0; i < each; i++) {
            for (String device : fleet.devices()) {
                Future<?> unused = scene.producer()
                        .send(new ProducerRecord<>(
                                scene.topic(),
                                random.nextInt(partitions),
                                Scene.bytes(device),
                                Scene.bytes("{\"n\":" + i + "}")));
            }
        }
        scene.flush();
        long wanted = before + (long) each * fleet.devices().size();
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> scene.simulator().ledger().acceptedCount() >= wanted);
    }
}
