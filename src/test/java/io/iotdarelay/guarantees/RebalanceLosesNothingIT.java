package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Dice;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** Instances come and go under load: nothing is lost, nothing repeated, no device's order broken. */
class RebalanceLosesNothingIT {

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void handsPartitionsOverBetweenThreeInstancesAndBack(String groupProtocol) throws Exception {
        try (Scene scene = Scene.of("rebalance-" + groupProtocol, 6)) {
            // Given
            RandomGenerator dice = Dice.roll("rebalance");
            Fleet fleet = scene.fleet(300);
            scene.relays()
                    .with("spring.kafka.consumer.properties.group.protocol", groupProtocol)
                    .with("relay.source.max-in-flight-records", "600")
                    .with("spring.kafka.consumer.max-poll-records", "100");
            if (groupProtocol.equals("classic")) {
                scene.relays()
                        .with("spring.kafka.consumer.properties.session.timeout.ms", "6000")
                        .with("spring.kafka.consumer.properties.heartbeat.interval.ms", "300");
            }
            scene.simulator().faults().inject(new Fault.Delay(Duration.ofMillis(10), Duration.ofMillis(100)));
            ConfigurableApplicationContext first = scene.start();

            // When
            fleet.produce(scene.producer(), scene.topic(), 5_000, dice);
            ConfigurableApplicationContext second = scene.start();
            ConfigurableApplicationContext third = scene.start();
            fleet.produce(scene.producer(), scene.topic(), 10_000, dice);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Actuator.of(third).partitions().size() == 2);
            second.close();
            fleet.produce(scene.producer(), scene.topic(), 5_000, dice);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Actuator.of(third).partitions().size() == 3);
            third.close();
            fleet.produce(scene.producer(), scene.topic(), 2_000, dice);
            Audit audit = scene.settled(fleet, Duration.ofSeconds(60));

            // Then
            Scene.assertDeliveredOnce(audit);
            assertThat(Actuator.of(first).partitions().size()).isEqualTo(6);
            assertThat(scene.deadLetters()).isZero();
        }
    }
}
