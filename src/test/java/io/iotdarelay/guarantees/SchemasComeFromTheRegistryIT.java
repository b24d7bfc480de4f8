package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.LocalRegistry;
import io.iotdarelay.testing.RelayProcess;
import io.iotdarelay.testing.TcpProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;

/** Values are read by the schemas of a real registry; while it is away, records wait for it, and nothing is rejected. */
@Execution(ExecutionMode.CONCURRENT)
class SchemasComeFromTheRegistryIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final LocalRegistry REGISTRY = LocalRegistry.shared();

    private static final Pattern UNUSED = Pattern.compile(
            "\\] (?:org\\.apache\\.avro|com\\.squareup|okio|kotlin|com\\.google\\.protobuf|com\\.fasterxml\\.jackson\\.(?:core|databind))\\.");

    /** A schema whose only field that counts is {@code n}; the name makes it another schema. */
    private static String counting(String name) {
        return "{\"type\":\"record\",\"name\":\"" + name + "\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"}]}";
    }

    private static byte[] framed(int schema, byte... value) {
        return ByteBuffer.allocate(5 + value.length)
                .put((byte) 0)
                .putInt(schema)
                .put(value)
                .array();
    }

    /** A value of {@link #counting}. */
    private static byte[] count(int schema, int n) {
        Schema type = new Schema.Parser().parse(counting("Any"));
        GenericData.Record value = new GenericData.Record(type);
        value.put("n", n);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new GenericDatumWriter<>(type).write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return framed(schema, out.toByteArray());
    }

    private static Scene scene(String name, int partitions, String format, String url) {
        Scene scene = Scene.of(name, partitions);
        scene.register("d");
        scene.relays()
                .withDevicesOfSimulator()
                .with("relay.routes[0].format", format)
                .with("relay.registry.url", url)
                .with("relay.registry.connect-timeout", "1s")
                .with("relay.registry.response-timeout", "1s")
                .withShortBackoff();
        return scene;
    }

    private static void send(Scene scene, @Nullable Integer partition, byte[] value) {
        scene.send(new ProducerRecord<>(scene.topic(), partition, Scene.bytes("d"), value));
    }

    private static void awaitArrival(Scene scene, Integer... numbers) {
        scene.flush();
        await().atMost(SOON).untilAsserted(() -> assertThat(scene.arrived("d")).containsExactly(numbers));
    }

    @Test
    void readsAvro() throws Exception {
        int schema = REGISTRY.register("avro", "AVRO", """
                {"type":"record","name":"Reading","fields":[{"name":"n","type":["null","int"]},
                 {"name":"ts","type":{"type":"long","logicalType":"timestamp-millis"}},
                 {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]}""");
        try (Scene scene = scene("registry-avro", 1, "avro", REGISTRY.url())) {
            scene.relays()
                    .with("relay.routes[0].services[0].event-time", "/ts")
                    .with("relay.routes[0].services[0].properties.price", "/price");
            scene.start();
            byte[] time = HexFormat.of().parseHex("80e4ff8fef66");
            byte[] value = ByteBuffer.allocate(11)
                    .put(new byte[] {2, 10})
                    .put(time)
                    .put(new byte[] {4, 8, 0x66})
                    .array();
            send(scene, null, framed(schema, value));
            scene.send(new ProducerRecord<>(
                    scene.topic(),
                    null,
                    Scene.bytes("d"),
                    value,
                    List.of(new RecordHeader("__value_schema_id", framed(schema)))));
            awaitArrival(scene, 5, 5);

            assertThat(scene.simulator().ledger().accepted("d")).allSatisfy(report -> {
                assertThat(report.content().path("price").decimalValue()).isEqualByComparingTo("21.50");
                assertThat(Instant.parse(Objects.requireNonNull(report.eventTime())))
                        .isEqualTo("2026-01-01T10:00:00Z");
            });
        }
    }

    @Test
    void readsProtobufWithImportsAndNestedMessages() throws Exception {
        REGISTRY.register(
                "base",
                "PROTOBUF",
                "syntax = \"proto3\"; package x; message Base { sint32 n = 1; message Inner { int32 n = 1; } }");
        int schema = REGISTRY.register(
                "protobuf",
                "PROTOBUF",
                "syntax = \"proto3\"; package y; import \"base.proto\"; message M { x.Base b = 1; message N { int32 n = 1; } }"
                        + " message Flat { int32 n = 1; x.Base.Inner unused = 2; }",
                new LocalRegistry.Reference("base.proto", "base", 1));
        try (Scene scene = scene("registry-protobuf", 1, "protobuf", REGISTRY.url())) {
            scene.start();
            send(scene, null, framed(schema, (byte) 2, (byte) 2, (byte) 8, (byte) 5)); // [1]: Flat
            send(scene, null, framed(schema, (byte) 4, (byte) 0, (byte) 0, (byte) 8, (byte) 6)); // [0, 0]: M.N
            send(scene, null, framed(schema, (byte) 2, (byte) 2)); // nothing is sent for a zero
            awaitArrival(scene, 5, 6, 0);
        }
    }

    @Test
    void readsJsonSchemaWithoutARegistry() throws Exception {
        try (Scene scene = scene("registry-json", 1, "json-schema", REGISTRY.url())) {
            scene.relays().without("relay.registry.url");
            scene.start();
            send(scene, null, framed(12345, "{\"n\":5}".getBytes(StandardCharsets.UTF_8)));
            awaitArrival(scene, 5);
        }
    }

    @Test
    void loadsNothingOfItForOtherFormats() throws Exception {
        try (Scene scene = Scene.of("registry-unused", 1)) {
            scene.register("d");
            Path loaded = scene.relays().withDevicesOfSimulator().directory().resolve("classes.log");
            RelayProcess relay = scene.relays().startProcess("-Xlog:class+load:file=" + loaded);
            relay.awaitPort();
            send(scene, null, "{\"n\":5}".getBytes(StandardCharsets.UTF_8));
            awaitArrival(scene, 5);
            relay.close();

            List<String> classes = Files.readAllLines(loaded).stream()
                    .filter(line -> UNUSED.matcher(line).find())
                    .toList();
            assertThat(classes)
                    .as("Spring only looks whether there are Kotlin, Jackson 2 and Protobuf")
                    .hasSizeLessThan(60)
                    .noneMatch(line -> line.contains("org.apache.avro.") || line.contains("com.squareup."));
        }
    }

    @Test
    void rejectsWhatNoSchemaReadsAndDeliversWhatIsAround() throws Exception {
        int schema = REGISTRY.register("good", "AVRO", counting("Good"));
        int foreign = REGISTRY.register(
                "recursive", "PROTOBUF", "syntax = \"proto3\"; message Recursive { Recursive n = 1; }");
        try (Scene scene = scene("registry-bad", 1, "avro", REGISTRY.url())) {
            scene.start();
            send(scene, null, count(schema, 0));
            send(scene, null, count(987_654, 1)); // nobody has it
            send(scene, null, count(-1, 1));
            send(scene, null, "{\"n\":1}".getBytes(StandardCharsets.UTF_8));
            send(scene, null, framed(schema)); // truncated
            send(scene, null, new byte[] {0, 0});
            send(scene, null, framed(schema, (byte) 2, (byte) 2)); // too long
            send(scene, null, framed(foreign, (byte) 0));
            send(scene, null, count(schema, 1));
            awaitArrival(scene, 0, 1);

            await().atMost(SOON).until(() -> scene.deadLetters() == 7);
            List<DeadLetter> letters = DeadLetter.all(scene.kafka(), scene.topic() + ".dlt");
            assertThat(letters).extracting(DeadLetter::reason).containsOnly("undecodable");
            assertThat(letters)
                    .extracting(letter -> String.valueOf(letter.text("iotda-relay-detail")))
                    .anySatisfy(detail -> assertThat(detail).contains("does not have schema 987654"))
                    .anySatisfy(detail -> assertThat(detail).contains("is Protobuf, but the route's format is Avro"));
        }
    }

    @Test
    void asksTheRegistrySlowlyForAFloodOfUnknownSchemas() throws Exception {
        try (Scene scene = scene("registry-flood", 4, "avro", REGISTRY.url())) {
            ConfigurableApplicationContext relay = scene.start();
            Instant start = Instant.now();
            for (int i = 0; i < 5_000; i++) {
                send(scene, i % 4, count(1_000_000 + i, 1));
            }
            scene.flush();
            await().atMost(SOON).until(() -> unknown(relay) >= 200);

            double seconds = Duration.between(start, Instant.now()).toMillis() / 1000.0;
            assertThat(unknown(relay)).isLessThan(110 + 21 * seconds);
        }
    }

    private static double unknown(ConfigurableApplicationContext relay) {
        return Actuator.of(relay).metrics().entrySet().stream()
                .filter(sample -> sample.getKey().startsWith("relay_registry_requests_total")
                        && sample.getKey().contains("unknown"))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    @Test
    void waitsForARegistryThatIsNotThereAtTheStart() throws Exception {
        int schema = REGISTRY.register("start", "AVRO", counting("Start"));
        try (TcpProxy proxy = TcpProxy.open().forwardTo(REGISTRY.port());
                Scene scene = scene("registry-start", 1, "avro", LocalRegistry.url(proxy.port()))) {
            proxy.refuse();
            ConfigurableApplicationContext relay = scene.start();
            IntStream.range(0, 50).forEach(n -> send(scene, null, count(schema, n)));
            scene.flush();
            await().atMost(SOON).until(() -> Actuator.of(relay).pausedPartitions("registry") == 1);
            assertThat(Actuator.of(relay).status("registry")).isEqualTo("OUT_OF_SERVICE");
            assertThat(Actuator.of(relay).status("liveness")).isEqualTo("UP");
            assertThat(Actuator.of(relay).metrics())
                    .anySatisfy((name, value) ->
                            assertThat(name).contains("relay_partition_waiting").contains("registry"));

            proxy.restore();
            awaitArrival(scene, IntStream.range(0, 50).boxed().toArray(Integer[]::new));
            assertThat(scene.deadLetters()).isZero();
            assertThat(Actuator.of(relay).status("registry")).isEqualTo("UP");
        }
    }

    @Test
    void keepsTheOrderOfAPartitionWhoseNextSchemaIsAwayAndHoldsUpNoOther() throws Exception {
        int known = REGISTRY.register("known", "AVRO", counting("Known"));
        int next = REGISTRY.register("next", "AVRO", counting("Next"));
        try (TcpProxy proxy = TcpProxy.open().forwardTo(REGISTRY.port());
                Scene scene = scene("registry-middle", 2, "avro", LocalRegistry.url(proxy.port()))) {
            scene.register("e");
            scene.relays().withDevicesOfSimulator();
            ConfigurableApplicationContext relay = scene.start();
            send(scene, 0, count(known, 0));
            awaitArrival(scene, 0);

            proxy.swallow();
            send(scene, 0, count(next, 1));
            send(scene, 0, count(known, 2));
            scene.send(new ProducerRecord<>(scene.topic(), 1, Scene.bytes("e"), count(known, 7)));
            scene.flush();
            await().atMost(SOON)
                    .until(() -> scene.arrived("e").equals(List.of(7))
                            && Actuator.of(relay).pausedPartitions("registry") == 1);
            assertThat(scene.arrived("d")).containsExactly(0);

            proxy.restore();
            awaitArrival(scene, 0, 1, 2);
            assertThat(scene.deadLetters()).isZero();
        }
    }

    @Test
    void drainsAtOnceWhileRecordsWaitAndLeavesThemToTheNext() throws Exception {
        int schema = REGISTRY.register("drain", "AVRO", counting("Drain"));
        try (TcpProxy proxy = TcpProxy.open().forwardTo(REGISTRY.port());
                Scene scene = scene("registry-drain", 1, "avro", LocalRegistry.url(proxy.port()))) {
            proxy.reset();
            proxy.refuse();
            ConfigurableApplicationContext relay = scene.start();
            send(scene, null, count(schema, 0));
            send(scene, null, count(schema, 1));
            scene.flush();
            await().atMost(SOON).until(() -> Actuator.of(relay).pausedPartitions("registry") == 1);
            Instant start = Instant.now();
            relay.close();
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));

            proxy.restore();
            scene.start();
            awaitArrival(scene, 0, 1);
            assertThat(scene.deadLetters()).isZero();
        }
    }
}
