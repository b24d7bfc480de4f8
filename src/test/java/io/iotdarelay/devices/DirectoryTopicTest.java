package io.iotdarelay.devices;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DirectoryTopicTest {

    private final DirectoryTopic topic = new DirectoryTopic("t", ManualClock.at("2026-11-01T00:00:00Z"), true);

    @Test
    void keepsTheLastValidValueOfEachDevice() {
        read("a", "{\"secret\":\"1\",\"note\":1}");
        read("a", "{\"secret\":\"2\",\"note\":2}");
        read("a", "no JSON");
        read("b", "{\"secret\":\"1\"}");
        read("b", null);
        read("no ID", "{\"secret\":\"1\"}");

        assertThat(topic.entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.device()).isEqualTo(device("a")));
        assertThat(topic.value(device("a")))
                .hasValueSatisfying(value -> assertThat(new String(value, StandardCharsets.UTF_8))
                        .isEqualTo("{\"secret\":\"2\",\"note\":2}"));
        assertThat(topic.valueWith(device("a"), new DeviceSecret("3")))
                .hasValueSatisfying(value -> assertThat(new String(value, StandardCharsets.UTF_8))
                        .isEqualTo("{\"secret\":\"3\",\"note\":2}"));
        assertThat(topic.value(device("b"))).isEmpty();
        assertThat(topic.valueWith(device("b"), new DeviceSecret("3"))).isEmpty();
        assertThat(topic.trouble()).isEmpty();
    }

    @SuppressWarnings("NullAway") // Kafka's class is not annotated
    private void read(String key, @Nullable String value) {
        topic.read(new ConsumerRecord<>(
                "t",
                0,
                0,
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8)));
    }
}
