package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;

/** A store of tokens that was garbled, rolled back, mixed up, or is not there costs authentications, and nothing else. */
@Execution(ExecutionMode.CONCURRENT)
class HostileTokenStoreIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void whatIsGarbledOrOfAnotherDeviceOrKeyIsIgnored() throws Exception {
        try (TokenScene tokens = TokenScene.of("tokens-garbled", 1)) {
            // Given
            Fleet fleet = tokens.scene().fleet(60);
            try (ConfigurableApplicationContext first = tokens.scene().start()) {
                tokens.deliver(fleet, 1);
            }
            Map<String, byte[]> stored = last(tokens);
            assertThat(stored).hasSize(60);

            // When
            List<String> devices = fleet.devices();
            for (int i = 0; i < 60; i++) {
                byte[] key = bytes(devices.get(i));
                byte[] own = Objects.requireNonNull(stored.get(devices.get(i)));
                byte[] other = stored.get(devices.get((i + 1) % 60));
                switch (i / 10) {
                    case 0 -> tokens.put(key, flipped(own));
                    case 1 -> tokens.put(key, other);
                    case 2 -> tokens.put(key, new byte[0]);
                    case 3 -> tokens.put(key, Arrays.copyOf(own, own.length / 2));
                    case 4 -> tokens.put(key, renamed(own));
                    default -> tokens.put(key, null);
                }
            }
            tokens.put("not a device".getBytes(StandardCharsets.UTF_8), new byte[10]);
            tokens.compact();
            Actuator second = Actuator.of(tokens.scene().start());
            tokens.deliver(fleet, 2);

            // Then
            assertThat(tokens.authentications()).isEqualTo(120);
            assertThat(tokens.scene().simulator().ledger().requests(Api.PROPERTIES))
                    .extracting(Ledger.Request::status)
                    .containsOnly(200);
            assertThat(ignored(second, "unknown-key")).isEqualTo(10);
            assertThat(ignored(second, "undecryptable")).isEqualTo(30);
            assertThat(ignored(second, "garbled")).isEqualTo(11);
            assertThat(second.status("tokens")).isEqualTo("UP");
            assertThat(tokens.scene().deadLetters()).isZero();
        }
    }

    @Test
    void whatWasRolledBackIsRefusedOnceAndReplaced() throws Exception {
        try (TokenScene tokens = TokenScene.of("tokens-rolled-back", 1)) {
            // Given
            Fleet fleet = tokens.scene().fleet(20);
            Map<String, byte[]> old;
            try (ConfigurableApplicationContext first = tokens.scene().start()) {
                tokens.deliver(fleet, 1);
                await().atMost(SOON).until(() -> last(tokens).size() == 20);
                old = last(tokens);
                tokens.scene().simulator().revokeAllTokens();
                tokens.deliver(fleet, 1);
            }
            assertThat(tokens.authentications()).isEqualTo(40);

            // When
            old.forEach((device, value) -> tokens.put(bytes(device), value));
            tokens.compact();
            try (ConfigurableApplicationContext second = tokens.scene().start()) {
                tokens.deliver(fleet, 1);
            }

            // Then
            assertThat(tokens.authentications()).isEqualTo(60);
            assertThat(tokens.scene().simulator().ledger().answers()).containsEntry("PROPERTIES 403 IOTDA.000004", 40L);
            assertThat(tokens.scene().deadLetters()).isZero();
        }
    }

    @Test
    void tokensOfAnotherEndpointOrSecretAreNotTaken() throws Exception {
        try (TokenScene tokens = TokenScene.of("tokens-endpoint", 1);
                TokenScene other = TokenScene.of("tokens-other-endpoint", 1)) {
            // Given
            Fleet fleet = tokens.scene().fleet(20);
            try (ConfigurableApplicationContext first = tokens.scene().start()) {
                tokens.deliver(fleet, 1);
            }
            fleet.devices()
                    .forEach(device ->
                            other.scene().simulator().register(SimulatedDevice.direct(device, Fleet.secretOf(device))));
            other.scene().relays().withDevicesOfSimulator();

            // When
            other.scene().relays().with("relay.tokens.topic", tokens.store());
            Actuator there = Actuator.of(other.scene().start());
            fleet.devices().forEach(device -> other.scene().send(device, "{\"n\":0}"));
            other.scene().flush();
            await().atMost(SOON).until(() -> other.scene().simulator().ledger().acceptedCount() == 20);

            // Then
            assertThat(other.authentications()).isEqualTo(20);
            assertThat(ignored(there, "undecryptable")).isGreaterThanOrEqualTo(20);

            // When
            fleet.devices()
                    .forEach(device -> other.scene().simulator().register(SimulatedDevice.direct(device, "changed")));
            other.scene().relays().withDevicesOfSimulator();
            Actuator changed = Actuator.of(other.scene().start());
            fleet.devices().forEach(device -> other.scene().send(device, "{\"n\":1}"));
            other.scene().flush();
            await().atMost(SOON).until(() -> other.scene().simulator().ledger().acceptedCount() == 40);

            // Then
            assertThat(metric(changed, "relay_tokens_taken_over_total")).isZero();
            assertThat(other.scene().deadLetters()).isZero();
        }
    }

    @Test
    void withoutTheTopicItWorksAsInMemoryAndPicksTheTopicUpLater() throws Exception {
        try (TokenScene tokens = TokenScene.withoutTopic("tokens-missing", 1, new SimulatorOptions())) {
            // Given
            Fleet fleet = tokens.scene().fleet(30);
            ConfigurableApplicationContext first = tokens.scene().start();
            Actuator actuator = Actuator.of(first);
            tokens.deliver(fleet, 2);
            assertThat(tokens.authentications()).isEqualTo(30);
            assertThat(actuator.status("tokens")).isEqualTo("DOWN");
            assertThat(actuator.status("readiness")).isEqualTo("UP");
            assertThat(actuator.asOperator()
                            .json("/health/tokens")
                            .path("details")
                            .path("reason")
                            .asString())
                    .contains("the topic tokens-missing.tokens does not exist");
            assertThat(metric(actuator, "relay_tokens_store_usable")).isZero();

            // When
            tokens.createTopic();
            await().atMost(SOON).until(() -> actuator.status("tokens").equals("UP"));
            await().atMost(SOON).until(() -> last(tokens).size() == 30);
            first.close();
            Actuator second = Actuator.of(tokens.scene().start());
            tokens.deliver(fleet, 2);

            // Then
            assertThat(tokens.authentications()).isEqualTo(30);
            assertThat(metric(second, "relay_tokens_taken_over_total")).isEqualTo(30);
        }
    }

    @Test
    void aTopicThatIsDeletedAndCreatedAgainIsFilledAgain() throws Exception {
        try (TokenScene tokens = TokenScene.of("tokens-created-again", 1)) {
            // Given
            Fleet fleet = tokens.scene().fleet(30);
            ConfigurableApplicationContext first = tokens.scene().start();
            tokens.deliver(fleet, 1);
            await().atMost(SOON).until(() -> last(tokens).size() == 30);

            // When
            tokens.deleteTopic();
            tokens.createTopic();
            tokens.deliver(fleet, 1);
            await().atMost(Duration.ofMinutes(2)).until(() -> last(tokens).size() == 30);
            await().atMost(SOON).until(() -> Actuator.of(first).status("tokens").equals("UP"));
            first.close();
            Actuator second = Actuator.of(tokens.scene().start());
            tokens.deliver(fleet, 1);

            // Then
            assertThat(tokens.authentications()).isEqualTo(30);
            assertThat(metric(second, "relay_tokens_taken_over_total")).isEqualTo(30);
        }
    }

    @Test
    void keysRotateWhileInstancesRun() throws Exception {
        try (TokenScene tokens = TokenScene.of("tokens-rotated", 2)) {
            // Given
            Fleet fleet = tokens.scene().fleet(20);
            ConfigurableApplicationContext old = tokens.scene().start();
            tokens.deliver(fleet, 1);

            // When
            tokens.key("2026-12", 2);
            tokens.scene().relays().with("relay.tokens.key", "2026-12");
            ConfigurableApplicationContext rolled = tokens.scene().start();
            await().atMost(SOON).until(() -> Actuator.of(rolled).partitions().size() == 1);
            tokens.scene().simulator().revokeAllTokens();
            tokens.deliver(fleet, 2);
            double unknown = ignored(Actuator.of(old), "unknown-key");
            old.close();
            rolled.close();
            tokens.delete(TokenScene.FIRST_KEY);
            long before = tokens.authentications();
            Actuator last = Actuator.of(tokens.scene().start());
            tokens.deliver(fleet, 1);

            // Then
            assertThat(unknown).isZero();
            assertThat(before).isEqualTo(40);
            assertThat(tokens.authentications() - before)
                    .as("only what the old instance wrote with the old key")
                    .isLessThan(20);
            assertThat(metric(last, "relay_tokens_taken_over_total")).isPositive();
        }
    }

    private static double ignored(Actuator relay, String reason) {
        return metric(relay, "relay_tokens_store_ignored_total{reason=\"" + reason + "\"}");
    }

    /** All of them would be too long to be shown. */
    private static double metric(Actuator relay, String name) {
        return relay.metrics().getOrDefault(name, 0.0);
    }

    /** The last value of each device that has one. */
    private static Map<String, byte[]> last(TokenScene tokens) {
        Map<String, byte[]> last = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : tokens.scene().kafka().records(tokens.store())) {
            String device = new String(record.key(), StandardCharsets.UTF_8);
            if (record.value() == null) {
                last.remove(device);
            } else {
                last.put(device, record.value());
            }
        }
        return last;
    }

    private static byte[] bytes(String device) {
        return device.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] flipped(byte[] value) {
        byte[] copy = value.clone();
        copy[copy.length - 3] ^= 1;
        return copy;
    }

    /** Says that it is of another key, of the same length. */
    private static byte[] renamed(byte[] value) {
        byte[] copy = value.clone();
        copy[2] ^= 1;
        return copy;
    }
}
