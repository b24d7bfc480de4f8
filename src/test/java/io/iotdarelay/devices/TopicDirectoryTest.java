package io.iotdarelay.devices;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceId;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class TopicDirectoryTest {

    private final TopicDirectory directory = new TopicDirectory("devices", false, InstantSource.system());

    /** A poll may return nothing because reading is not permitted any more: that it is over, what was read shows. */
    @Test
    void mayBeEmptyWhereThereIsAnotherSource() {
        TopicDirectory other = new TopicDirectory("devices", true, InstantSource.system());
        directory.polled(false, true);
        other.polled(false, true);

        assertThat(directory.isLoaded()).isFalse();
        assertThat(directory.status().trouble()).isPresent();
        assertThat(other.isLoaded()).isTrue();
        assertThat(other.status().trouble()).isEmpty();
    }

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

    @Test
    void isNotLoadedWhereMoreDevicesAreThereThanFit() {
        TopicDirectory small = new TopicDirectory("devices", false, InstantSource.system(), 1_000);
        for (String device : List.of("a", "b", "c", "d")) {
            small.read(device(device));
            small.polled(true, false);
        }
        small.polled(false, true);

        assertThat(small.isLoaded()).isFalse();
        assertThat(small.status().trouble())
                .hasValue("the topic devices contains more than 3 devices, more than fit into a third of the heap:"
                        + " give each instance more memory, and start it again");
    }

    @Test
    void goesOnWithTheDevicesThatItHasWhereOthersDoNotFitAnyMore() {
        TopicDirectory small = new TopicDirectory("devices", false, InstantSource.system(), 1_000);
        for (int i = 0; i < 20; i++) {
            small.read(device("a"));
            small.read(device("b"));
            small.read(deletion("b"));
            small.read(device("c"));
        }
        small.polled(true, true);
        assertThat(small.status().trouble()).isEmpty();

        small.read(device("d"));
        small.read(device("e"));
        small.read(new ConsumerRecord<>("devices", 0, 0, bytes("a"), bytes("{\"secret\":\"other\"}")));
        small.polled(true, true);

        assertThat(small.isLoaded()).isTrue();
        String trouble = small.status().trouble().orElseThrow();
        small.read(deletion("d"));
        small.polled(true, true);
        assertThat(small.status().trouble()).as("said once").hasValue(trouble);
        small.read(device("d"));
        assertThat(small.find(new DeviceId("d"))).isPresent();
        assertThat(small.find(new DeviceId("e"))).isEmpty();
        assertThat(small.credentials(new DeviceId("a")).orElseThrow().secret().value())
                .isEqualTo("other");
    }

    private static ConsumerRecord<byte[], byte[]> deletion(String id) {
        return new ConsumerRecord<>("devices", 0, 0, bytes(id), null);
    }

    private static ConsumerRecord<byte[], byte[]> device(String id) {
        return new ConsumerRecord<>("devices", 0, 0, bytes(id), bytes("{\"secret\":\"s\"}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
