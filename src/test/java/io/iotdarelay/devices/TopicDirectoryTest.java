package io.iotdarelay.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class TopicDirectoryTest {

    private final TopicDirectory directory = new TopicDirectory("devices", InstantSource.system());

    /** A poll may return nothing because reading is not permitted any more: that it is over, what was read shows. */
    @Test
    void isInTroubleUntilSomethingWasRead() {
        directory.read(device("a"));
        directory.polled(true, true);
        directory.trouble("not permitted");

        directory.polled(false, false);
        assertThat(directory.status().trouble()).hasValue("not permitted");
        directory.polled(false, true);

        assertThat(directory.status().trouble()).isEmpty();
        assertThat(directory.isLoaded()).isTrue();
    }

    private static ConsumerRecord<byte[], byte[]> device(String id) {
        return new ConsumerRecord<>("devices", 0, 0, bytes(id), bytes("{\"secret\":\"s\"}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
