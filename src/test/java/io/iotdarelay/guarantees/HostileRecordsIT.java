package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.RelayProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever is in Kafka gets an outcome, and healthy records after it arrive: with default settings, a small heap, and without a defect. */
class HostileRecordsIT {

    private static final String TOPIC = "hostile";
    private static final String PLAIN = TOPIC;
    private static final String IDS = TOPIC + ".ids";
    private static final String SCALED = TOPIC + ".scaled";
    private static final String INT = TOPIC + ".int";
    private static final String LONG = TOPIC + ".long";
    private static final String TIMED = TOPIC + ".timed";
    private static final String FLOOD = TOPIC + ".flood";
    private static final List<String> TOPICS = List.of(PLAIN, IDS, SCALED, INT, LONG, TIMED, FLOOD);

    private static final String CASE = "case";
    private static final String DELIVERED = "delivered";
    private static final String SKIPPED = "skipped";
    private static final int STRANGERS = 20_000;
    private static final int MEGABYTE = 1_000_000;
    private static final String HUGE = "1e1000000000";
    private static final String IMPOSSIBLE = "1e99999999999999";

    /** A record and its verdict. */
    @SuppressWarnings("ArrayRecordComponent") // bytes are what the test is about
    private record Hostile(
            String verdict,
            String topic,
            byte @Nullable [] key,
            byte @Nullable [] value,
            @Nullable Long timestamp,
            List<Header> headers) {

        static Hostile of(String verdict, String topic, @Nullable String value) {
            return new Hostile(verdict, topic, utf8("good"), value == null ? null : utf8(value), null, List.of());
        }

        Hostile withKey(byte @Nullable [] other) {
            return new Hostile(verdict, topic, other, value, timestamp, headers);
        }

        Hostile withValue(byte[] other) {
            return new Hostile(verdict, topic, key, other, timestamp, headers);
        }

        Hostile at(long time) {
            return new Hostile(verdict, topic, key, value, time, headers);
        }

        Hostile with(String header, byte @Nullable [] content) {
            List<Header> more = new ArrayList<>(headers);
            more.add(new RecordHeader(header, content));
            return new Hostile(verdict, topic, key, value, timestamp, more);
        }

        ProducerRecord<byte[], byte[]> record(int number) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topic, 0, timestamp, key, value, List.copyOf(headers));
            record.headers().add(CASE, utf8(String.valueOf(number)));
            return record;
        }
    }

    @Test
    void getAVerdictEachAndHoldUpNothing() throws Exception {
        try (Scene scene = Scene.of(TOPIC, 1)) {
            // Given
            scene.register("good");
            TOPICS.forEach(topic -> scene.register(healthy(topic)));
            scene.relays().withDevicesOfSimulator();
            configure(scene);
            List<Hostile> hostile = hostile();
            for (int i = 0; i < hostile.size(); i++) {
                scene.send(hostile.get(i).record(i));
                String topic = hostile.get(i).topic();
                scene.send(new ProducerRecord<>(
                        topic,
                        utf8(healthy(topic)),
                        utf8("{\"n\":" + i + ",\"d\":\"" + healthy(topic) + "\",\"ts\":1793540096}")));
            }
            for (int i = 0; i < STRANGERS; i++) {
                scene.send(new ProducerRecord<>(FLOOD, utf8("stranger-" + i), utf8("{\"n\":1}")));
            }
            scene.send(new ProducerRecord<>(FLOOD, utf8(healthy(FLOOD)), utf8("{\"n\":1}")));
            scene.flush();
            long letters =
                    hostile.stream().filter(HostileRecordsIT::isDeadLetter).count() + STRANGERS;

            // When
            RelayProcess relay = scene.relays().startProcess("-Xmx256m", "-XX:+ExitOnOutOfMemoryError");
            try (relay) {
                await().atMost(Duration.ofSeconds(90))
                        .pollInterval(Duration.ofMillis(500))
                        .until(() -> !relay.isAlive()
                                || TOPICS.stream()
                                        .allMatch(topic -> scene.kafka().lag(TOPIC, topic) == 0));

                // Then
                assertThat(relay.isAlive())
                        .as(String.join("\n", relay.output()))
                        .isTrue();
                assertThat(scene.deadLetters()).isEqualTo(letters);
                assertVerdicts(scene, hostile);
                assertHealthyArrived(scene, hostile);
                assertThat(relay.output()).noneMatch(line -> line.contains("defect") || line.contains("Exception"));
                Map<String, Double> metrics = Actuator.at(relay.port()).metrics();
                assertThat(Actuator.sum(metrics, "relay_records_skipped_total{"))
                        .isEqualTo(2);
            }
        }
    }

    private static void configure(Scene scene) {
        TOPICS.stream()
                .filter(topic -> !topic.equals(TOPIC))
                .forEach(topic ->
                        scene.kafka().createTopic(topic, 1, "message.timestamp.after.max.ms=" + Long.MAX_VALUE));
        scene.relays().with("relay.routes[0].topics[1]", FLOOD);
        route(scene, 1, IDS, "/d");
        route(scene, 2, SCALED, "key");
        scene.relays()
                .with("relay.routes[2].services[0].properties.n.from", "/n")
                .with("relay.routes[2].services[0].properties.n.scale", "0.1")
                .with("relay.routes[2].services[0].properties.n.offset", "2")
                .without("relay.routes[2].services[0].properties.n");
        for (int i : List.of(3, 4)) {
            route(scene, i, i == 3 ? INT : LONG, "key");
            scene.relays()
                    .with("relay.routes[" + i + "].services[0].properties.n.from", "/n")
                    .with("relay.routes[" + i + "].services[0].properties.n.type", i == 3 ? "int" : "long")
                    .without("relay.routes[" + i + "].services[0].properties.n");
        }
        route(scene, 5, TIMED, "key");
        scene.relays().with("relay.routes[5].services[0].event-time", "/ts");
    }

    private static void route(Scene scene, int number, String topic, String deviceId) {
        String route = "relay.routes[" + number + "].";
        scene.relays()
                .with(route + "name", topic)
                .with(route + "topics[0]", topic)
                .with(route + "to", "properties")
                .with(route + "device-id", deviceId)
                .with(route + "services[0].id", "S")
                .with(route + "services[0].properties.n", "/n");
    }

    private static List<Hostile> hostile() {
        List<Hostile> all = new ArrayList<>();
        all.add(Hostile.of(SKIPPED, PLAIN, null));
        all.add(Hostile.of(SKIPPED, PLAIN, ""));
        all.add(Hostile.of(DELIVERED, PLAIN, "{\"n\":" + HUGE + "}"));
        for (String value : List.of(
                " ",
                "{",
                "{\"n\":1",
                "{\"n\":\"open",
                "{\"n\":1}}",
                "{\"n\":1,\"n\":2}",
                "{\"n\":nan}",
                "{\"n\":" + IMPOSSIBLE + "}",
                "[".repeat(10_000) + "]".repeat(10_000),
                "{\"n\":".repeat(10_000) + "1" + "}".repeat(10_000),
                "{\"n\":" + "1".repeat(MEGABYTE) + "}",
                "{\"n\":0." + "1".repeat(MEGABYTE) + "}",
                "\0".repeat(MEGABYTE),
                "x".repeat(10 * MEGABYTE),
                "\"" + "x".repeat(10 * MEGABYTE))) {
            all.add(Hostile.of("undecodable", PLAIN, value));
        }
        all.add(Hostile.of("undecodable", PLAIN, "").withValue(new byte[] {'"', (byte) 0xC3, 0x28, '"'}));
        all.add(Hostile.of("undecodable", PLAIN, "").withValue(new byte[] {'"', (byte) 0xFF, '"'}));
        all.add(Hostile.of("undecodable", PLAIN, "").withValue(new byte[MEGABYTE]));
        all.add(Hostile.of("unmappable", PLAIN, "null"));
        all.add(Hostile.of("unmappable", PLAIN, "{\"n\":NaN}"));
        all.add(Hostile.of("unmappable", PLAIN, "{\"n\":-Infinity}"));
        all.add(Hostile.of("unmappable", PLAIN, "[]"));
        for (int size : List.of(MEGABYTE, 10 * MEGABYTE)) {
            all.add(Hostile.of("too-large", PLAIN, "{\"n\":\"" + "x".repeat(size) + "\"}"));
            all.add(Hostile.of(DELIVERED, PLAIN, "{\"n\":1,\"padding\":\"" + "x".repeat(size) + "\"}"));
        }
        for (String id : ids()) {
            all.add(Hostile.of("unmappable", PLAIN, "{\"n\":1}").withKey(utf8(id)));
            all.add(Hostile.of("unmappable", IDS, "{\"n\":1,\"d\":\"" + escaped(id) + "\"}"));
        }
        all.add(Hostile.of("unmappable", PLAIN, "{\"n\":1}").withKey(null));
        all.add(Hostile.of("unmappable", PLAIN, "{\"n\":1}").withKey(new byte[] {'d', (byte) 0xFF}));
        all.add(Hostile.of("unmappable", PLAIN, "{\"n\":1}").withKey(new byte[MEGABYTE]));
        all.add(Hostile.of("unknown-device", PLAIN, "{\"n\":1}").withKey(utf8("d".repeat(128))));
        all.add(Hostile.of("unmappable", IDS, "{\"n\":1,\"d\":" + HUGE + "}"));
        all.add(Hostile.of("unmappable", IDS, "{\"n\":1,\"d\":{}}"));
        all.add(Hostile.of("undecodable", IDS, "{\"n\":1,\"d\":" + IMPOSSIBLE + "}"));
        for (String topic : List.of(SCALED, INT, LONG)) {
            all.add(Hostile.of("undecodable", topic, "{\"n\":" + IMPOSSIBLE + "}"));
            for (String number :
                    List.of(HUGE, "-" + HUGE, "1e-1000000000", "1e2147483647", "\"" + HUGE + "\"", "\"NaN\"", "{}")) {
                all.add(Hostile.of("unmappable", topic, "{\"n\":" + number + "}"));
            }
            all.add(Hostile.of("unmappable", topic, "{\"n\":\"" + "1".repeat(MEGABYTE) + "\"}"));
        }
        for (String time : List.of(HUGE, "-1", "\"" + HUGE + "\"", "\"" + "1".repeat(MEGABYTE) + "\"", "\"soon\"")) {
            all.add(Hostile.of("unmappable", TIMED, "{\"n\":1,\"ts\":" + time + "}"));
        }
        all.add(Hostile.of("undecodable", TIMED, "{\"n\":1,\"ts\":" + IMPOSSIBLE + "}"));
        all.add(Hostile.of("unmappable", INT, "{\"n\":1}").at(Long.MAX_VALUE));
        all.add(Hostile.of(DELIVERED, TIMED, "{\"n\":1,\"ts\":1793540096}").at(Long.MAX_VALUE));
        all.add(Hostile.of("undecodable", PLAIN, "nonsense")
                .with("iotda-relay-reason", utf8("none"))
                .with("iotda-relay-device-id", utf8("another"))
                .with("iotda-relay-redrives", utf8("9".repeat(1000)))
                .with("kafka_dlt-original-offset", utf8("elsewhere"))
                .with("a\r\nname: with lines", utf8("a\r\nvalue"))
                .with("nothing", null)
                .with("", new byte[] {0, -1})
                .with("large", new byte[MEGABYTE]));
        return all;
    }

    private static List<String> ids() {
        return List.of(
                "",
                " ",
                ".",
                "..",
                "../x",
                "x/../../v5/device-auth",
                "%2e%2e",
                "x%2fy",
                "x?y=z",
                "x#y",
                "x y",
                "x\ny",
                "x\r\nHost: elsewhere",
                "x\0y",
                "\u00e4",
                "\u0661",
                "\u202ex",
                "d".repeat(129),
                "d".repeat(100_000));
    }

    private static void assertVerdicts(Scene scene, List<Hostile> hostile) {
        Map<Integer, ConsumerRecord<byte[], byte[]>> letters = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> letter : scene.kafka().records(TOPIC + ".dlt")) {
            if (letter.headers().lastHeader(CASE) != null) {
                letters.put(Integer.valueOf(text(letter, CASE)), letter);
            }
        }
        for (int i = 0; i < hostile.size(); i++) {
            Hostile record = hostile.get(i);
            String what =
                    "case " + i + ", " + record.topic() + ", " + shown(record.key()) + ": " + shown(record.value());
            ConsumerRecord<byte[], byte[]> letter = letters.get(i);
            assertThat(letter != null).as(what).isEqualTo(isDeadLetter(record));
            if (letter != null) {
                assertThat(text(letter, "iotda-relay-reason"))
                        .as(what + ": " + text(letter, "iotda-relay-detail"))
                        .isEqualTo(record.verdict());
                assertThat(letter.value()).as(what).isEqualTo(record.value());
                assertThat(letter.key()).as(what).isEqualTo(record.key());
                assertThat(text(letter, "iotda-relay-redrives")).as(what).matches("[01]");
                assertThat(Objects.requireNonNull(letter.headers().lastHeader("kafka_dlt-original-offset"))
                                .value())
                        .as(what)
                        .hasSize(Long.BYTES);
            }
        }
    }

    private static void assertHealthyArrived(Scene scene, List<Hostile> hostile) {
        for (String topic : TOPICS) {
            long expected = topic.equals(FLOOD)
                    ? 1
                    : hostile.stream()
                            .filter(each -> each.topic().equals(topic))
                            .count();
            assertThat(scene.simulator().ledger().accepted(healthy(topic)))
                    .as(topic)
                    .hasSize((int) expected);
        }
        List<Integer> inOrder = IntStream.range(0, hostile.size())
                .filter(i -> hostile.get(i).topic().equals(PLAIN))
                .boxed()
                .toList();
        assertThat(scene.simulator().ledger().accepted(healthy(PLAIN)))
                .extracting(report -> report.content().path("n").asInt())
                .isEqualTo(inOrder);
        assertThat(scene.simulator().ledger().accepted())
                .extracting(Ledger.Accepted::device)
                .allMatch(device -> device.equals("good") || device.startsWith("healthy-"));
        assertThat(scene.simulator().ledger().accepted("good")).hasSize((int) hostile.stream()
                .filter(each -> each.verdict().equals(DELIVERED))
                .count());
    }

    private static boolean isDeadLetter(Hostile record) {
        return !record.verdict().equals(DELIVERED) && !record.verdict().equals(SKIPPED);
    }

    private static String healthy(String topic) {
        return "healthy-" + topic.replace('.', '-');
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> escaped.append(c < ' ' ? String.format("\\u%04x", c) : Character.toString(c)));
        return escaped.toString();
    }

    private static String shown(byte @Nullable [] bytes) {
        return bytes == null ? "null" : new String(bytes, 0, Math.min(bytes.length, 50), StandardCharsets.UTF_8);
    }

    private static String text(ConsumerRecord<byte[], byte[]> letter, String header) {
        return new String(
                Objects.requireNonNull(letter.headers().lastHeader(header), header)
                        .value(),
                StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
