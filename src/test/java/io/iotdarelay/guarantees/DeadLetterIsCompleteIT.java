package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.SimulatedDevice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What cannot succeed is kept, byte for byte, with the reason; the offset is committed, and nothing else suffers. */
class DeadLetterIsCompleteIT {

    private static final byte[] BINARY = {0, -1, 10, (byte) 0xC3, 0x28, 127};
    private static final long PRODUCED_AT = 1_767_225_600_123L;

    /** A record that cannot succeed. */
    @SuppressWarnings("ArrayRecordComponent") // bytes are what the test is about
    private record Bad(String reason, @Nullable String device, String topic, byte @Nullable [] key, byte[] value) {

        static Bad of(String reason, @Nullable String device, String topic, byte @Nullable [] key, String value) {
            return new Bad(reason, device, topic, key, utf8(value));
        }
    }

    @Test
    void keepsEveryByteAndSaysWhy() throws Exception {
        try (Scene scene = Scene.of("letters", 1)) {
            // Given
            String secretOfBad = "the-wrong-secret-of-bad";
            scene.simulator()
                    .register(
                            SimulatedDevice.direct("good", "secret-of-good"),
                            SimulatedDevice.direct("picky", "secret-of-picky"),
                            SimulatedDevice.direct("bad", "another-secret"),
                            SimulatedDevice.direct("gateway", "secret-of-gateway"),
                            SimulatedDevice.child("child", "gateway"));
            scene.relays()
                    .withDevices(List.of(
                            "device_id,secret,gateway_id",
                            "good,secret-of-good,",
                            "picky,secret-of-picky,",
                            "bad," + secretOfBad + ",",
                            "gateway,secret-of-gateway,",
                            "child,,gateway",
                            "alien,,gateway"))
                    .with("relay.devices.unknown-grace", "500ms")
                    .with("relay.routes[1].name", "plant")
                    .with("relay.routes[1].topics[0]", "letters.plant")
                    .with("relay.routes[1].to", "gateway")
                    .with("relay.routes[1].device-id", "/child");
            scene.kafka().createTopic("letters.plant", 1);
            Reply refusal = Reply.error(400, "IOTDA.000006", "Invalid input data.");
            scene.simulator().faults().inject(Faults.device("picky").and(Faults.reports()), new Fault.Answer(refusal));
            String services = "\"services\":[{\"service_id\":\"S\",\"properties\":{\"v\":1}}]";
            List<Bad> bad = List.of(
                    Bad.of("refused", "picky", "letters", utf8("picky"), "{\"n\":0}"),
                    new Bad("undecodable", null, "letters", BINARY, BINARY),
                    Bad.of("unmappable", null, "letters", null, "{\"n\":1}"),
                    Bad.of("unmappable", null, "letters", utf8("no/device"), "{\"n\":1}"),
                    Bad.of("unmappable", "good", "letters", utf8("good"), "{\"m\":1}"),
                    Bad.of("too-large", "good", "letters", utf8("good"), "{\"n\":\"" + "x".repeat(1_000_000) + "\"}"),
                    Bad.of("unknown-device", "stranger", "letters", utf8("stranger"), "{\"n\":1}"),
                    Bad.of("device-rejected", "bad", "letters", utf8("bad"), "{\"n\":1}"),
                    Bad.of("child-rejected", "alien", "letters.plant", null, "{\"child\":\"alien\"," + services + "}"));

            // When
            for (Bad record : bad) {
                scene.send(produced(record));
            }
            scene.send("good", "{\"n\":7}");
            scene.send(new ProducerRecord<>("letters.plant", null, utf8("{\"child\":\"child\"," + services + "}")));
            scene.flush();
            scene.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> scene.deadLetters() == bad.size());
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> scene.simulator().ledger().acceptedCount() == 2);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> scene.kafka().lag("letters", "letters") == 0
                            && scene.kafka().lag("letters", "letters.plant") == 0);

            // Then
            List<ConsumerRecord<byte[], byte[]>> letters = scene.kafka().records("letters.dlt");
            for (Bad record : bad) {
                ConsumerRecord<byte[], byte[]> letter = letters.stream()
                        .filter(each ->
                                Arrays.equals(each.value(), record.value()) && Arrays.equals(each.key(), record.key()))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no dead letter of " + record.reason()));
                assertThat(text(letter, "iotda-relay-reason"))
                        .as(text(letter, "iotda-relay-detail"))
                        .isEqualTo(record.reason());
                assertThat(text(letter, "iotda-relay-device-id")).isEqualTo(record.device());
                assertIsComplete(letter, record.topic());
            }
            ConsumerRecord<byte[], byte[]> refused = withReason(letters, "refused");
            assertThat(text(refused, "iotda-relay-http-status")).isEqualTo("400");
            assertThat(text(refused, "iotda-relay-error-code")).isEqualTo("IOTDA.000006");
            assertThat(text(refused, "iotda-relay-response")).contains("Invalid input data.");
            assertThat(text(refused, "iotda-relay-attempts")).isEqualTo("1");
            assertThat(text(withReason(letters, "undecodable"), "iotda-relay-attempts"))
                    .isEqualTo("0");
            assertThat(text(withReason(letters, "device-rejected"), "iotda-relay-error-code"))
                    .isEqualTo("IOTDA.000002");
            assertThat(letters).allSatisfy(letter -> assertThat(all(letter)).doesNotContain(secretOfBad));
        }
    }

    private static ProducerRecord<byte[], byte[]> produced(Bad record) {
        return new ProducerRecord<>(
                record.topic(),
                0,
                PRODUCED_AT,
                record.key(),
                record.value(),
                List.of(
                        new RecordHeader("trace", utf8("abc")),
                        new RecordHeader("binary", BINARY),
                        new RecordHeader("trace", utf8("twice")),
                        new RecordHeader("nothing", null)));
    }

    private static void assertIsComplete(ConsumerRecord<byte[], byte[]> letter, String topic) {
        List<Header> own = Arrays.stream(letter.headers().toArray())
                .filter(header -> !header.key().startsWith("iotda-relay-")
                        && !header.key().startsWith("kafka_dlt-"))
                .toList();
        assertThat(own).extracting(Header::key).containsExactly("trace", "binary", "trace", "nothing");
        assertThat(own).extracting(Header::value).containsExactly(utf8("abc"), BINARY, utf8("twice"), null);
        assertThat(text(letter, "kafka_dlt-original-topic")).isEqualTo(topic);
        assertThat(bytes(letter, "kafka_dlt-original-partition")).hasSize(4).containsOnly(0);
        assertThat(ByteBuffer.wrap(Objects.requireNonNull(bytes(letter, "kafka_dlt-original-offset")))
                        .getLong())
                .isBetween(0L, 20L);
        assertThat(ByteBuffer.wrap(Objects.requireNonNull(bytes(letter, "kafka_dlt-original-timestamp")))
                        .getLong())
                .isEqualTo(PRODUCED_AT);
        assertThat(text(letter, "kafka_dlt-original-consumer-group")).isEqualTo("letters");
        assertThat(text(letter, "iotda-relay-route")).isEqualTo(topic.equals("letters") ? "properties" : "plant");
        assertThat(text(letter, "iotda-relay-redrives")).isEqualTo("0");
        assertThat(text(letter, "iotda-relay-detail")).isNotBlank();
        assertThat(Instant.parse(Objects.requireNonNull(text(letter, "iotda-relay-failed-at"))))
                .isAfter(Instant.ofEpochMilli(PRODUCED_AT));
    }

    private static ConsumerRecord<byte[], byte[]> withReason(
            List<ConsumerRecord<byte[], byte[]>> letters, String reason) {
        return letters.stream()
                .filter(letter -> reason.equals(text(letter, "iotda-relay-reason")))
                .findFirst()
                .orElseThrow();
    }

    private static String all(ConsumerRecord<byte[], byte[]> letter) {
        return Arrays.stream(letter.headers().toArray())
                .map(header -> header.key() + "=" + text(letter, header.key()))
                .collect(Collectors.joining("\n"));
    }

    private static byte @Nullable [] bytes(ConsumerRecord<byte[], byte[]> letter, String header) {
        Header found = letter.headers().lastHeader(header);
        return found == null ? null : found.value();
    }

    private static @Nullable String text(ConsumerRecord<byte[], byte[]> letter, String header) {
        byte[] value = bytes(letter, header);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
