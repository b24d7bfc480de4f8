package io.iotdarelay.devices;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.MapDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class CombinedDirectoryTest {

    @Test
    void asksOneAfterTheOther() {
        DeviceDirectory devices = new CombinedDirectory(
                List.of(
                        new MapDirectory().with("a", "first-secret"),
                        new MapDirectory().with("a", "second-secret").with("b", "other-secret")),
                Optional.empty(),
                Optional.empty());

        assertThat(devices.credentials(device("a")).orElseThrow().secret().value())
                .isEqualTo("first-secret");
        assertThat(devices.credentials(device("b"))).isPresent();
        assertThat(devices.find(device("c"))).isEmpty();
        assertThat(devices.isLoaded()).isTrue();
        assertThat(devices.status().devices()).isEqualTo(3);
        assertThat(devices.status().trouble()).isEmpty();
    }

    @Test
    void namesADeviceByItsNode() {
        DeviceDirectory devices = new CombinedDirectory(
                List.of(
                        new MapDirectory().with("a", "secret").withNode("n", "a"),
                        new MapDirectory().withNode("n", "b").withNode("m", "b").withNode("a", "b")),
                Optional.empty(),
                Optional.empty());

        assertThat(devices.named(device("n"))).isEqualTo(device("a"));
        assertThat(devices.named(device("m"))).isEqualTo(device("b"));
        assertThat(devices.named(device("a"))).isEqualTo(device("a"));
        assertThat(devices.named(device("x"))).isEqualTo(device("x"));
        assertThat(devices.productOf(device("a"))).isNull();
    }

    /** Whatever relays wrote into the topic, what the operator says in the file counts, with its group. */
    @Test
    void whatRelaysWroteTakesNobodysPlace() {
        TopicDirectory topic = new TopicDirectory("devices", true, InstantSource.system());
        MapDirectory file = new MapDirectory().with("a", "of-the-file").inGroup("team", "a");
        DeviceDirectory devices =
                new CombinedDirectory(List.of(topic.byOthers(), file), Optional.empty(), Optional.of(topic.byRelays()));
        read(topic, "a", "{'secret':'of-a-relay'}", true);
        read(topic, "b", "{'secret':'of-a-relay','node_id':'n'}", true);
        read(topic, "c", "{'secret':'of-the-topic','node_id':'m'}", false);

        assertThat(devices.find(device("a")).orElseThrow().group()).isEqualTo("team");
        assertThat(devices.credentials(device("a")).orElseThrow().secret().value())
                .isEqualTo("of-the-file");
        assertThat(devices.credentials(device("b")).orElseThrow().secret().value())
                .isEqualTo("of-a-relay");
        assertThat(devices.named(device("n"))).isEqualTo(device("b"));
        assertThat(devices.credentials(device("c")).orElseThrow().secret().value())
                .isEqualTo("of-the-topic");
        assertThat(devices.named(device("m"))).isEqualTo(device("c"));
        assertThat(topic.byRelays().isLoaded()).isFalse();
        assertThat(topic.byRelays().status().devices()).isZero();

        read(topic, "a", "{'secret':'of-the-topic'}", false);
        assertThat(devices.credentials(device("a")).orElseThrow().secret().value())
                .isEqualTo("of-the-topic");
    }

    private static void read(TopicDirectory topic, String id, String value, boolean byRelay) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "devices",
                0,
                0,
                id.getBytes(StandardCharsets.UTF_8),
                value.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        if (byRelay) {
            record.headers().add(TopicDirectory.WRITTEN_BY, new byte[0]);
        }
        topic.read(record);
    }

    @Test
    void isLoadedWhenAllAre() {
        FileDirectory missing =
                new FileDirectory(Path.of("/nowhere/devices.csv"), ManualClock.at("2026-11-01T00:00:00Z"));
        missing.refresh();
        DeviceDirectory devices =
                new CombinedDirectory(List.of(new MapDirectory(), missing), Optional.empty(), Optional.empty());

        assertThat(devices.isLoaded()).isFalse();
        assertThat(devices.status().trouble())
                .hasValueSatisfying(why -> assertThat(why).contains("/nowhere"));
    }

    @Test
    void knowsOfNoRemedyWithoutThePlatform() {
        DeviceDirectory devices =
                new CombinedDirectory(List.of(new MapDirectory().with("a", "s")), Optional.empty(), Optional.empty());
        DeviceCredentials refused = devices.credentials(device("a")).orElseThrow();

        devices.accepted(refused);
        assertThat(devices.refused(refused)).isEqualTo(Remedy.NONE);
        assertThat(devices.want(Want.still(device("b")))).isEqualTo(Outlook.NONE);
        assertThat(devices.status().lookups()).isEmpty();
    }

    @Test
    void entryNeedsASecretOrAGateway() {
        assertThatThrownBy(() -> new DirectoryEntry(device("d"), null, null))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
