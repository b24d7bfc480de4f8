package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.Dice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** While a dead letter cannot be written, its offset is not committed and only its partition pauses; when it can be, everything continues. */
class UnwrittenDeadLetterKeepsItsOffsetIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int BAD_PARTITION = 0;
    private static final int GOOD_PARTITION = 1;

    @Test
    void deadLetterTopicThatIsMissingPausesThePartitionUntilItIsThere() throws Exception {
        try (Scene scene = Scene.of("unwritten", 2)) {
            // Given
            scene.relays().with("relay.dead-letter.topic", "unwritten.missing");

            // When, then
            pausesAndResumes(
                    scene,
                    "not json".getBytes(StandardCharsets.UTF_8),
                    "unwritten.missing",
                    () -> scene.kafka().createTopic("unwritten.missing", 1));
        }
    }

    @Test
    void deadLetterThatIsTooLargePausesThePartitionUntilTheLimitIsRaised() throws Exception {
        try (Scene scene = Scene.of("oversized", 2)) {
            // Given
            scene.kafka().createTopic("oversized.small", 1, "max.message.bytes=2000");
            scene.relays().with("relay.dead-letter.topic", "oversized.small");
            RandomGenerator dice = Dice.roll("oversized");
            byte[] incompressible = new byte[10_000];
            dice.nextBytes(incompressible);

            // When, then
            pausesAndResumes(scene, incompressible, "oversized.small", () -> raiseLimit(scene, "oversized.small"));
        }
    }

    private static void pausesAndResumes(Scene scene, byte[] bad, String topic, Runnable mend) {
        // Given
        List<String> devices = scene.fleet(2).devices();
        String beside = devices.get(0);
        String elsewhere = devices.get(1);
        Actuator actuator = Actuator.of(scene.start());

        // When
        send(scene, BAD_PARTITION, beside, "{\"n\":0}");
        scene.send(new ProducerRecord<>(scene.topic(), BAD_PARTITION, Scene.bytes(beside), bad));
        send(scene, BAD_PARTITION, beside, "{\"n\":1}");
        scene.flush();
        await().atMost(SOON).until(() -> pauses(actuator).contains("reason=\"dead-letter\""));

        // Then
        assertThat(pauses(actuator))
                .contains("partition=\"" + BAD_PARTITION + "\"")
                .doesNotContain("partition=\"" + GOOD_PARTITION + "\"");
        assertThat(actuator.status("deadLetters")).isEqualTo("DOWN");
        JsonNode health = actuator.asOperator().json("/health/deadLetters").path("details");
        assertThat(health.path("unwritten").asInt()).isEqualTo(1);
        assertThat(health.path("reason").asString()).isNotEmpty();
        assertThat(actuator.status("liveness")).isEqualTo("UP");
        assertThat(actuator.status("readiness")).isEqualTo("UP");

        // And when
        send(scene, BAD_PARTITION, beside, "{\"n\":2}");
        send(scene, GOOD_PARTITION, elsewhere, "{\"n\":0}");
        scene.flush();

        // Then
        await().atMost(SOON).until(() -> scene.arrived(elsewhere).equals(List.of(0)));
        await().atMost(SOON).until(() -> committed(scene, GOOD_PARTITION) == 1);
        assertThat(committed(scene, BAD_PARTITION)).isEqualTo(1);
        assertThat(scene.arrived(beside)).containsExactly(0, 1);

        // And when
        mend.run();

        // Then
        await().atMost(SOON).until(() -> committed(scene, BAD_PARTITION) == 4);
        assertThat(scene.arrived(beside)).containsExactly(0, 1, 2);
        assertThat(DeadLetter.all(scene.kafka(), topic)).singleElement().satisfies(letter -> {
            assertThat(letter.record().value()).isEqualTo(bad);
            assertThat(letter.reason()).isEqualTo("undecodable");
        });
        await().atMost(SOON).until(() -> actuator.status("deadLetters").equals("UP"));
        await().atMost(SOON).until(() -> pauses(actuator).isEmpty());
    }

    private static void send(Scene scene, int partition, String device, String value) {
        scene.send(new ProducerRecord<>(scene.topic(), partition, Scene.bytes(device), Scene.bytes(value)));
    }

    private static String pauses(Actuator actuator) {
        return String.join(
                "\n",
                actuator.metrics().keySet().stream()
                        .filter(sample -> sample.startsWith("relay_partition_paused{"))
                        .toList());
    }

    private static long committed(Scene scene, int partition) {
        return scene.kafka()
                .administer(admin -> Optional.ofNullable(admin.listConsumerGroupOffsets(scene.topic())
                                .partitionsToOffsetAndMetadata()
                                .get()
                                .get(new TopicPartition(scene.topic(), partition)))
                        .map(OffsetAndMetadata::offset)
                        .orElse(0L));
    }

    private static void raiseLimit(Scene scene, String topic) {
        AlterConfigOp raised =
                new AlterConfigOp(new ConfigEntry("max.message.bytes", "1000000"), AlterConfigOp.OpType.SET);
        scene.kafka()
                .administer(admin -> admin.incrementalAlterConfigs(
                                Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(raised)))
                        .all()
                        .get());
    }
}
