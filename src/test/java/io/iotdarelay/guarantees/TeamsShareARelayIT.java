package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Two teams share a relay, each with topics, devices and dead letters of its own. Whatever the wicked one produces, the relay reports it
 * as none of the other's devices. All with default settings.
 */
class TeamsShareARelayIT {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final List<String> TOPICS = List.of(
            "wicked.key",
            "wicked.header",
            "wicked.payload",
            "wicked.batch",
            "wicked.plant",
            "wicked.named",
            "honest.key");

    /** A device of the directory. */
    private record Member(String device, String secret, String gateway, String node, String group) {

        static Member of(String group, String device) {
            return new Member(device, Fleet.secretOf(device), "", "", group);
        }

        Member behind(String itsGateway) {
            return new Member(device, "", itsGateway, node, group);
        }

        Member called(String itsNode) {
            return new Member(device, secret, gateway, itsNode, group);
        }

        SimulatedDevice simulated() {
            return gateway.isEmpty() ? SimulatedDevice.direct(device, secret) : SimulatedDevice.child(device, gateway);
        }

        String line() {
            return String.join(",", device, secret, gateway, node, group);
        }
    }

    private static final List<Member> MEMBERS = List.of(
            Member.of("wicked", "w-1"),
            Member.of("wicked", "w-gateway"),
            Member.of("wicked", "w-child").behind("w-gateway"),
            Member.of("wicked", "w-guest").behind("h-gateway"),
            Member.of("honest", "h-1"),
            Member.of("honest", "h-2").called("w-alias"),
            Member.of("honest", "h-gateway"),
            Member.of("honest", "h-child").behind("h-gateway"));

    private static final Member LATE = Member.of("honest", "h-late");

    /** What the wicked team tries, and what becomes of it. */
    private enum Attempt {
        KEY("key", "h-1", "{\"n\":666}", "not-permitted"),
        KEY_WITHOUT_A_READING("key", "h-1", "{\"m\":666}", "not-permitted"),
        UPPER_CASE("key", "H-1", "{\"n\":666}", "unknown-device"),
        TRAILING_SPACE("key", "h-1 ", "{\"n\":666}", "not-permitted"),
        ANOTHER_LETTER("key", "h-\u0661", "{\"n\":666}", "unmappable"),
        NODE_THAT_LOOKS_LIKE_AN_OWN_DEVICE("key", "w-alias", "{\"n\":666}", "not-permitted"),
        PATH("key", "w-1/../h-1", "{\"n\":666}", "unmappable"),
        PROVISIONED_FOR_THE_OTHERS("key", "h-late", "{\"n\":666}", "not-permitted"),
        HEADER("header", "w-1", "{\"n\":666}", "not-permitted"),
        PAYLOAD("payload", "w-1", "{\"device\":\"h-1\",\"n\":666}", "not-permitted"),
        BATCH(
                "batch",
                "w-1",
                "{\"all\":[{\"d\":\"w-1\",\"n\":1},{\"d\":\"h-1\",\"n\":666},{\"d\":\"w-1\",\"n\":2},{\"d\":\"h-2\",\"n\":666}]}",
                "not-permitted"),
        CHILD_OF_THE_OTHERS("plant", "x", "{\"child\":\"h-child\",\"n\":666}", "not-permitted"),
        CHILD_THROUGH_AN_OWN_GATEWAY(
                "named", "x", "{\"child\":\"h-child\",\"gateway\":\"w-gateway\",\"n\":666}", "not-permitted"),
        CHILD_THROUGH_ITS_GATEWAY(
                "named", "x", "{\"child\":\"h-child\",\"gateway\":\"h-gateway\",\"n\":666}", "not-permitted"),
        OWN_CHILD_THROUGH_A_GATEWAY_OF_THE_OTHERS(
                "named", "x", "{\"child\":\"w-child\",\"gateway\":\"h-gateway\",\"n\":666}", "not-permitted"),
        GATEWAY_AS_A_DEVICE("key", "h-gateway", "{\"n\":666}", "not-permitted");

        private final String topic;
        private final String key;
        private final String value;
        private final String reason;

        Attempt(String topic, String key, String value, String reason) {
            this.topic = topic;
            this.key = key;
            this.value = value;
            this.reason = reason;
        }

        String topicOf(Scene scene) {
            return scene.topic() + ".wicked." + topic;
        }

        /** Headers that look like those of a dead letter are forged on each of them. */
        ProducerRecord<byte[], byte[]> record(Scene scene) {
            return new ProducerRecord<>(
                    topicOf(scene),
                    null,
                    Scene.bytes(key),
                    Scene.bytes(value),
                    List.of(
                            new RecordHeader("attempt", Scene.bytes(name())),
                            new RecordHeader("device", Scene.bytes("h-1")),
                            new RecordHeader("kafka_dlt-original-topic", Scene.bytes(scene.topic() + ".honest.key")),
                            new RecordHeader("iotda-relay-reason", Scene.bytes("refused"))));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"teams-group, group: wicked, group: honest", "teams-prefix, prefix: w-, prefix: h-"})
    void reportAsNoneOfTheOthersDevices(String name, String wicked, String honest) throws Exception {
        try (Scene scene = Scene.of(name, 1)) {
            // Given
            given(scene, wicked, honest);
            scene.kafka().createTopic(name + ".wicked.dlt", 1);
            scene.relays().with("relay.dead-letter.topic", "nobody-uses-it");
            Actuator actuator = Actuator.of(scene.start());

            // When
            List<Attempt> attempts = List.of(Attempt.values());
            for (int i = 0; i < attempts.size(); i++) {
                scene.send(attempts.get(i).record(scene));
                send(scene, "honest.key", "h-1", "{\"n\":" + i + "}");
            }
            send(scene, "wicked.key", "w-1", "{\"n\":7}");
            send(scene, "wicked.named", "x", "{\"child\":\"w-child\",\"gateway\":\"w-gateway\",\"n\":8}");
            send(scene, "wicked.named", "x", "{\"child\":\"w-guest\",\"gateway\":\"h-gateway\",\"n\":9}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.arrived("h-1").size() == attempts.size());
            scene.register(LATE.device());
            scene.relays().withDevices(lines(Stream.concat(MEMBERS.stream(), Stream.of(LATE))));

            // Then
            await().atMost(SOON).until(() -> letters(scene, "wicked").size() == attempts.size());
            for (DeadLetter letter : letters(scene, "wicked")) {
                Attempt attempt = Attempt.valueOf(String.valueOf(letter.text("attempt")));
                assertThat(letter.reason()).as(attempt + ": " + letter.detail()).isEqualTo(attempt.reason);
                assertThat(letter.value()).isEqualTo(attempt.value);
                assertThat(letter.attempts()).isZero();
                assertThat(letter.text("kafka_dlt-original-topic")).isEqualTo(attempt.topicOf(scene));
            }
            assertThat(letters(scene, "honest")).isEmpty();
            await().atMost(SOON).until(() -> scene.arrived("w-guest").size() == 1);
            assertThat(scene.arrived("h-1"))
                    .containsExactlyElementsOf(
                            IntStream.range(0, attempts.size()).boxed().toList());
            assertThat(scene.arrived("w-1")).contains(1, 2, 7).doesNotContain(666);
            assertThat(scene.arrived("w-child")).containsExactly(8);
            assertThat(scene.arrived("w-guest"))
                    .as("the directory names its gateway")
                    .containsExactly(9);
            assertThat(scene.simulator().ledger().accepted())
                    .extracting(Ledger.Accepted::device)
                    .containsOnly("h-1", "w-1", "w-child", "w-guest");
            assertThat(authenticated(scene)).containsExactlyInAnyOrder("h-1", "h-gateway", "w-1", "w-gateway");
            assertThat(actuator.status("deadLetters")).isEqualTo("UP");
            assertThat(actuator.metrics()
                            .get("relay_records_rejected_total{reason=\"not-permitted\",route=\"wicked.key\"}"))
                    .isEqualTo(6);

            // And when: an operator redrives them
            letters(scene, "wicked").forEach(letter -> scene.send(letter.redriven()));
            scene.flush();

            // Then
            await().atMost(SOON).until(() -> letters(scene, "wicked").size() == 2 * attempts.size());
            assertThat(scene.simulator().ledger().accepted())
                    .noneMatch(report -> report.content().path("n").asInt() == 666);
        }
    }

    @Test
    void goOnWhileTheOthersDeadLettersCannotBeWritten() throws Exception {
        try (Scene scene = Scene.of("teams-letters", 1)) {
            // Given
            given(scene, "group: wicked", "group: honest");
            Actuator actuator = Actuator.of(scene.start());

            // When
            for (int i = 0; i < 20; i++) {
                send(scene, "wicked.key", "w-1", "not json");
            }
            scene.flush();
            await().atMost(SOON).until(() -> pauses(actuator).contains("teams-letters.wicked.key"));
            for (int i = 0; i < 20; i++) {
                send(scene, "honest.key", "h-1", "not json");
                send(scene, "honest.key", "h-1", "{\"n\":" + i + "}");
            }
            scene.flush();

            // Then
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> letters(scene, "honest").size() == 20);
            await().atMost(SOON).until(() -> scene.kafka().lag("teams-letters", "teams-letters.honest.key") == 0);
            assertThat(pauses(actuator)).doesNotContain("teams-letters.honest.key");
            assertThat(actuator.status("deadLetters")).isEqualTo("DOWN");
            JsonNode health = actuator.asOperator().json("/health/deadLetters").path("details");
            assertThat(health.path("reason").asString()).isEqualTo("topic teams-letters.wicked.dlt does not exist");
            JsonNode wicked = health.path("topics").path("teams-letters.wicked.dlt");
            assertThat(wicked.path("reason").asString()).isEqualTo("topic teams-letters.wicked.dlt does not exist");
            assertThat(wicked.path("unwritten").asInt()).isPositive();
            JsonNode honest = health.path("topics").path("teams-letters.honest.dlt");
            assertThat(honest.path("reason").isMissingNode()).isTrue();
            assertThat(honest.path("written").asInt()).isEqualTo(20);

            // And when
            scene.kafka().createTopic("teams-letters.wicked.dlt", 1);

            // Then
            await().atMost(SOON).until(() -> actuator.status("deadLetters").equals("UP"));
            assertThat(letters(scene, "wicked")).hasSize(20);
        }
    }

    /** Otherwise one producer that names many devices of others would stop its route for its own team, too. */
    @Test
    void countManyDevicesOfOthersAsOneCulprit() throws Exception {
        try (Scene scene = Scene.of("teams-culprit", 3)) {
            // Given
            Fleet good = Fleet.of(scene.simulator(), "good", 20);
            List<Member> members = new ArrayList<>();
            good.devices().forEach(device -> members.add(Member.of("wicked", device)));
            IntStream.range(0, 300).forEach(i -> members.add(Member.of("honest", "h-" + i)));
            scene.relays().withDevices(lines(members.stream())).with("relay.routes[0].devices.group", "wicked");
            for (int i = 0; i < 3_000; i++) {
                scene.send("h-" + i % 300, "{\"n\":1}");
                if (i % 3 == 0) {
                    good.produce(scene.producer(), scene.topic(), good.devices().get(i / 3 % 20));
                }
            }
            scene.flush();

            // When
            Actuator actuator = Actuator.of(scene.start());

            // Then
            scene.awaitEachOnce(good, SOON);
            await().atMost(SOON).until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == 0);
            assertThat(scene.deadLetters()).isEqualTo(3_000);
            await().atMost(SOON).until(() -> actuator.status("deadLetters").equals("UP"));
        }
    }

    /** All but the wicked team's dead-letter topic. */
    private static void given(Scene scene, String wicked, String honest) {
        MEMBERS.forEach(member -> scene.simulator().register(member.simulated()));
        TOPICS.forEach(topic -> scene.kafka().createTopic(scene.topic() + "." + topic, 1));
        scene.kafka().createTopic(scene.topic() + ".honest.dlt", 1);
        scene.relays()
                .withDevices(lines(MEMBERS.stream()))
                .withoutRoutes()
                .withYaml("relay:\n  routes:\n"
                        + route(scene, "wicked.key", wicked, "properties", "/n", "device-id: key")
                        + route(scene, "wicked.header", wicked, "properties", "/n", "device-id: header:device")
                        + route(scene, "wicked.payload", wicked, "properties", "/n", "device-id: /device")
                        + route(scene, "wicked.batch", wicked, "properties", "./n", "device-id: ./d", "each: /all")
                        + route(scene, "wicked.plant", wicked, "gateway", "/n", "device-id: /child")
                        + route(
                                scene,
                                "wicked.named",
                                wicked,
                                "gateway",
                                "/n",
                                "device-id: /child",
                                "gateway-id: /gateway")
                        + route(scene, "honest.key", honest, "properties", "/n", "device-id: key"));
    }

    private static String route(Scene scene, String name, String devices, String to, String reading, String... places) {
        String team = name.substring(0, name.indexOf('.'));
        return """
                - name: %2$s
                  topics: [%1$s.%2$s]
                  devices: { %3$s }
                  dead-letter: { topic: %1$s.%4$s.dlt }
                  to: %5$s
                  services: [{ id: S, properties: { n: %6$s } }]
                  %7$s
                """.formatted(scene.topic(), name, devices, team, to, reading, String.join("\n  ", places))
                .indent(2);
    }

    private static List<String> lines(Stream<Member> members) {
        return Stream.concat(Stream.of("device_id,secret,gateway_id,node_id,group"), members.map(Member::line))
                .toList();
    }

    private static void send(Scene scene, String topic, String key, String value) {
        scene.send(new ProducerRecord<>(scene.topic() + "." + topic, Scene.bytes(key), Scene.bytes(value)));
    }

    private static List<DeadLetter> letters(Scene scene, String team) {
        return DeadLetter.all(scene.kafka(), scene.topic() + "." + team + ".dlt");
    }

    private static Set<String> authenticated(Scene scene) {
        return scene.simulator().ledger().requests(Api.DEVICE_AUTH).stream()
                .map(Ledger.Request::device)
                .collect(Collectors.toSet());
    }

    private static String pauses(Actuator actuator) {
        return String.join(
                "\n",
                actuator.metrics().keySet().stream()
                        .filter(sample -> sample.startsWith("relay_partition_paused{"))
                        .toList());
    }
}
