package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.Zstd;
import io.iotdarelay.simulator.Api;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.RelayProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

/** Routes of several formats work side by side, a bomb costs itself alone, and who uses JSON only pays for nothing else. */
class FormatsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int BOMB = 300 * 1024 * 1024;

    /** Packages of what a relay for JSON has no need of. CSV is missing: the device directory is written in it. */
    private static final List<String> FORMATS = List.of(
            "tools.jackson.dataformat.cbor",
            "tools.jackson.dataformat.smile",
            "com.github.luben.zstd",
            "net.jpountz",
            "io.iotdarelay.decode.Cbor",
            "io.iotdarelay.decode.Decompression",
            "io.iotdarelay.decode.MessagePack",
            "io.iotdarelay.decode.Influx",
            "io.iotdarelay.decode.Senml",
            "io.iotdarelay.decode.CloudEvent",
            "io.iotdarelay.decode.Connect");

    @Test
    void workSideBySideAndABombCostsItselfAlone() throws Exception {
        try (Scene scene = Scene.of("formats", 1)) {
            // Given
            scene.register("d");
            scene.relays().withDevicesOfSimulator();
            route(scene, 1, "cbor", Map.of("format", "cbor"));
            route(scene, 2, "zstd", Map.of("compression", "zstd", "max-value-size", "1MB"));
            route(scene, 3, "auto", Map.of("format", "auto"));
            route(scene, 4, "connect", Map.of("format", "connect-json"));
            route(scene, 5, "events", Map.of("format", "cloudevents", "services[0].properties.n", "/data/n"));
            scene.kafka().createTopic("formats.text", 1);
            scene.relays()
                    .with("relay.routes[6].name", "text")
                    .with("relay.routes[6].topics[0]", "formats.text")
                    .with("relay.routes[6].format", "text")
                    .with("relay.routes[6].to", "message")
                    .with("relay.routes[6].device-id", "key");

            // When
            scene.send("d", "{\"n\":1}");
            send(scene, "cbor", HexFormat.of().parseHex("a1616e02"));
            send(scene, "zstd", Zstd.compress(new byte[BOMB]));
            send(scene, "zstd", Zstd.compress(utf8("{\"n\":3}")));
            send(scene, "auto", gzip(new byte[BOMB]), "content-encoding", "gzip");
            send(
                    scene,
                    "auto",
                    gzip(HexFormat.of().parseHex("81a16e04")),
                    "content-encoding",
                    "gzip",
                    "content-type",
                    "application/msgpack");
            send(
                    scene,
                    "connect",
                    utf8(
                            "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"field\":\"n\",\"type\":\"bytes\","
                                    + "\"name\":\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"0\"}}]},\"payload\":{\"n\":\"BQ==\"}}"));
            send(scene, "events", utf8("{\"n\":6}"), "ce_specversion", "1.0", "content-type", "application/json");
            send(scene, "cbor", utf8("{\"n\":7}"));
            send(scene, "text", utf8("plain text"));
            scene.flush();
            RelayProcess relay = scene.startProcess();

            // Then
            await().atMost(SOON)
                    .until(() -> !relay.isAlive()
                            || (scene.deadLetters() == 3 && scene.arrived("d").size() == 7));
            assertThat(relay.isAlive()).as(String.join("\n", relay.output())).isTrue();
            assertThat(scene.arrived("d")).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, -1);
            assertThat(scene.requests(Api.MESSAGES, "d")).hasSize(1);
            List<DeadLetter> letters = DeadLetter.all(scene.kafka(), "formats.dlt");
            assertThat(letters).extracting(DeadLetter::reason).containsOnly("undecodable");
            assertThat(letters)
                    .extracting(DeadLetter::detail)
                    .filteredOn(detail -> detail.contains("max-value-size"))
                    .hasSize(2);
            assertThat(relay.output()).noneMatch(line -> line.contains("defect") || line.contains("Exception"));
        }
    }

    @Test
    void areNotLoadedUnlessARouteNamesThem() throws Exception {
        try (Scene scene = Scene.of("formats-json", 1)) {
            // Given
            scene.register("d");
            scene.relays().withDevicesOfSimulator();
            Path classes = scene.relays().directory().resolve("classes.log");
            scene.send("d", "{\"n\":1}");
            scene.flush();

            // When
            try (RelayProcess relay = scene.relays().startProcess("-Xlog:class+load:file=" + classes)) {
                await().atMost(SOON)
                        .until(() -> !relay.isAlive() || scene.arrived("d").size() == 1);
                assertThat(relay.isAlive())
                        .as(String.join("\n", relay.output()))
                        .isTrue();
            }

            // Then
            assertThat(loaded(classes, "io.iotdarelay.decode.JsonRecordDecoder"))
                    .isNotEmpty();
            for (String name : FORMATS) {
                assertThat(loaded(classes, name)).as(name).isEmpty();
            }
        }
    }

    private static List<String> loaded(Path log, String prefix) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(" " + prefix)).toList();
        }
    }

    private static void route(Scene scene, int index, String name, Map<String, String> properties) {
        String topic = "formats." + name;
        scene.kafka().createTopic(topic, 1);
        scene.relays().withPropertiesRoute(index, name, topic);
        properties.forEach((key, value) -> scene.relays().with("relay.routes[" + index + "]." + key, value));
    }

    private static void send(Scene scene, String route, byte[] value, String... headers) {
        List<Header> all = Stream.iterate(0, i -> i < headers.length, i -> i + 2)
                .<Header>map(i -> new RecordHeader(headers[i], utf8(headers[i + 1])))
                .toList();
        scene.send(new ProducerRecord<>("formats." + route, 0, utf8("d"), value, all));
    }

    private static byte[] gzip(byte[] value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(value);
        }
        return bytes.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
