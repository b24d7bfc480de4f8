package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.Fleet;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Dead letters are read, understood, and sent again: in the order of their devices, once, and beside live records. */
@Execution(ExecutionMode.CONCURRENT)
class DeadLettersAreRedrivenIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int EACH = 20;

    @Test
    void whatFailedIsSentAgainInOrderAndOnce() throws Exception {
        try (Scene scene = Scene.of("redriven", 3)) {
            // Given devices that are not in the directory, one that is refused, and one that is fine
            for (String device : List.of("late-1", "late-2", "fine", "never")) {
                scene.register(device);
            }
            scene.simulator().register(SimulatedDevice.direct("wrong", "another-secret"));
            scene.relays().withDevices(directory("fine", "wrong")).with("relay.dead-letter.max-share", "1");
            Actuator operator = Actuator.of(scene.start()).asOperator();
            for (int n = 0; n < EACH; n++) {
                for (String device : List.of("late-1", "late-2", "wrong", "never")) {
                    scene.send(device, "{\"n\":" + n + "}");
                }
            }
            scene.send("fine", "{\"n\":0}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 4L * EACH);

            // When they are looked at
            JsonNode page = operator.json("/deadletters?device=late-1&limit=7");
            assertThat(page.path("letters")).hasSize(7);
            assertThat(page.path("letters").get(0).path("reason").asString("")).isEqualTo("unknown-device");
            List<String> seen = new ArrayList<>();
            String before = "";
            do {
                JsonNode next = operator.json("/deadletters?device=late-1&limit=7" + before);
                next.path("letters")
                        .valueStream()
                        .forEach(letter -> seen.add(letter.path("position").asString("")));
                before = next.path("more").asBoolean()
                        ? "&before=" + next.path("before").asString("")
                        : null;
            } while (before != null);
            assertThat(seen).hasSize(EACH).doesNotHaveDuplicates();
            JsonNode whole = operator.json("/deadletters/" + seen.getFirst());
            assertThat(whole.path("value").path("text").asString("")).isEqualTo("{\"n\":" + (EACH - 1) + "}");
            assertThat(whole.path("today").path("rejected").asString("")).isEqualTo("unknown-device");

            // Then a dry run says that it would fail; and after the cure that it would not
            JsonNode tried = dryRun(operator, "\"reason\":\"unknown-device\"");
            assertThat(tried.path("found").asInt()).isEqualTo(3 * EACH);
            assertThat(tried.path("devices").asInt()).isEqualTo(3);
            assertThat(tried.path("wouldFail").path("unknown-device").asInt()).isEqualTo(3 * EACH);
            scene.relays().withDevices(directory("fine", "wrong", "late-1", "late-2"));
            await().atMost(SOON)
                    .until(() -> dryRun(operator, "\"reason\":\"unknown-device\"")
                                    .path("wouldFail")
                                    .path("unknown-device")
                                    .asInt()
                            == EACH);
            assertThat(operator.json("/deadletters/" + seen.getFirst())
                            .path("today")
                            .path("requests")
                            .get(0)
                            .path("body")
                            .path("text")
                            .asString(""))
                    .contains("\"n\":" + (EACH - 1));

            // And a redrive delivers them, while live records of the same devices come
            String id = start(operator, "\"reason\":\"unknown-device\"");
            for (int n = 100; n < 120; n++) {
                scene.send("late-1", "{\"n\":" + n + "}");
                scene.send("fine", "{\"n\":" + n + "}");
            }
            scene.flush();
            JsonNode end = ended(operator, id);
            assertThat(end.path("state").asString("")).isEqualTo("done");
            assertThat(end.path("found").asInt()).isEqualTo(3 * EACH);
            assertThat(end.path("delivered").asInt()).isEqualTo(2 * EACH);
            assertThat(end.path("rejected").path("unknown-device").asInt()).isEqualTo(EACH);
            assertThat(scene.arrived("late-2")).isEqualTo(numbers(0, EACH));
            assertThat(scene.arrived("late-1").stream().filter(n -> n < 100)).isEqualTo(numbers(0, EACH));
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(scene.arrived("late-1").stream().filter(n -> n >= 100))
                                    .isEqualTo(numbers(100, 120)));

            // What failed again is a dead letter once more, with its old origin, and counts
            List<DeadLetter> again = scene.deadLettersOf("never");
            assertThat(again).hasSize(2 * EACH);
            List<DeadLetter> first = again.subList(0, EACH);
            List<DeadLetter> second = again.subList(EACH, 2 * EACH);
            for (int i = 0; i < EACH; i++) {
                assertThat(second.get(i).text("iotda-relay-redrives")).isEqualTo("1");
                assertThat(second.get(i).text("kafka_dlt-original-topic")).isEqualTo("redriven");
                assertThat(second.get(i).text("kafka_dlt-original-offset"))
                        .isEqualTo(first.get(i).text("kafka_dlt-original-offset"));
            }

            // A second run sends nothing that was sent
            JsonNode second2 = dryRun(operator, "\"reason\":\"unknown-device\"");
            assertThat(second2.path("alreadyRedriven").asInt()).isEqualTo(3 * EACH);
            assertThat(second2.path("found").asInt()).isEqualTo(EACH);
            JsonNode nothing = ended(operator, start(operator, "\"device\":\"late-1\""));
            assertThat(nothing.path("found").asInt()).isZero();
            assertThat(scene.arrived("late-1").stream().filter(n -> n < 100)).isEqualTo(numbers(0, EACH));

            // Not more often than it may be
            for (int run = 0; run < 2; run++) {
                ended(operator, start(operator, "\"device\":\"never\""));
            }
            assertThat(ended(operator, start(operator, "\"device\":\"never\""))
                            .path("skipped")
                            .path("redriven-too-often")
                            .asInt())
                    .isEqualTo(EACH);
            assertThat(dryRun(operator, "\"device\":\"never\"")
                            .path("overLimit")
                            .asInt())
                    .isEqualTo(EACH);

            // Only where nothing newer was delivered
            scene.register("wrong");
            assertThat(operator.post("/devices/wrong", "{\"action\":\"probe\"}").statusCode())
                    .isEqualTo(200);
            scene.send("wrong", "{\"n\":500}");
            scene.flush();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(scene.arrived("wrong")).containsExactly(500));
            assertThat(dryRun(operator, "\"device\":\"wrong\"")
                            .path("olderThanDelivered")
                            .asInt())
                    .isEqualTo(EACH);
            JsonNode careful = ended(operator, start(operator, "\"device\":\"wrong\",\"onlyIfNothingNewer\":true"));
            assertThat(careful.path("skipped").path("newer-was-delivered").asInt())
                    .isEqualTo(EACH);
            assertThat(scene.arrived("wrong")).containsExactly(500);
        }
    }

    @Test
    void aSecondInstanceSendsWhatIsItsOwnAndNothingTwice() throws Exception {
        try (Scene scene = Scene.of("redriven-twice", 4)) {
            // Given
            Fleet fleet = Fleet.of(scene.simulator(), "redriven-twice", 20);
            scene.relays().withDevices(directory("another")).with("relay.dead-letter.max-share", "1");
            ConfigurableApplicationContext one = scene.start();
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            await().atMost(SOON).until(() -> scene.deadLetters() == 100);
            scene.relays().withDevicesOfSimulator();
            Actuator first = Actuator.of(one).asOperator();
            await().atMost(SOON).until(() -> dryRun(first, "").path("wouldFail").isEmpty());

            // When it takes over partitions of which letters are under way
            scene.simulator().faults().inject(Faults.reports(), new Fault.LateAnswer(Duration.ofSeconds(4)));
            String id = start(first, "");
            await().atMost(SOON)
                    .until(() -> progress(first, id).path("inFlight").asInt() >= 20);
            Actuator second = Actuator.of(scene.start()).asOperator();
            await().atMost(SOON)
                    .until(() -> first.partitions().size() == 2
                            && second.partitions().size() == 2);
            scene.simulator().faults().clear();
            JsonNode ofFirst = ended(first, id);
            assertThat(ofFirst.path("elsewhere").asInt()).isPositive();
            JsonNode ofSecond = ended(second, start(second, ""));
            JsonNode rest = ended(first, start(first, ""));

            // Then
            assertThat(ofFirst.path("delivered").asInt()
                            + ofSecond.path("delivered").asInt()
                            + rest.path("delivered").asInt())
                    .isEqualTo(100);
            scene.awaitEachOnce(fleet, SOON);
            JsonNode again = ended(first, start(first, ""));
            await().atMost(SOON).until(() -> dryRun(first, "").path("found").asInt() == 0);
            assertThat(again.path("delivered").asInt()).isZero();
            scene.awaitEachOnce(fleet, SOON);
        }
    }

    @Test
    void aRunIsCancelledAndARestartSendsTheRest() throws Exception {
        try (Scene scene = Scene.of("redriven-rest", 2)) {
            // Given
            Fleet fleet = Fleet.of(scene.simulator(), "redriven-rest", 10);
            scene.relays().withDevices(directory("another")).with("relay.dead-letter.max-share", "1");
            ConfigurableApplicationContext relay = scene.start();
            Actuator operator = Actuator.of(relay).asOperator();
            fleet.produceForEach(scene.producer(), scene.topic(), 20);
            await().atMost(SOON).until(() -> scene.deadLetters() == 200);
            scene.relays().withDevicesOfSimulator();
            await().atMost(SOON)
                    .until(() -> dryRun(operator, "").path("wouldFail").isEmpty());

            // What is paused is not sent
            assertThat(operator.post("/pauses", "{\"all\":true,\"reason\":\"test\"}")
                            .statusCode())
                    .isEqualTo(200);
            JsonNode paused = ended(operator, start(operator, "\"device\":\"redriven-rest-1\""));
            assertThat(paused.path("skipped").path("paused").asInt()).isEqualTo(20);
            assertThat(paused.path("sent").asInt()).isZero();
            assertThat(operator.delete("/pauses?all=true").statusCode()).isEqualTo(200);

            // When
            String id = start(operator, "\"perSecond\":20");
            await().atMost(SOON)
                    .until(() -> progress(operator, id).path("delivered").asInt() > 5);
            assertThat(operator.post("/deadletters/redrive", "{\"dryRun\":false,\"all\":true}")
                            .statusCode())
                    .isEqualTo(409);
            assertThat(operator.post("/deadletters/cancel", "{\"id\":\"" + id + "\"}")
                            .statusCode())
                    .isEqualTo(200);
            JsonNode end = ended(operator, id);
            assertThat(end.path("state").asString("")).isEqualTo("cancelled");
            int delivered = end.path("delivered").asInt();
            assertThat(delivered).isEqualTo(end.path("sent").asInt()).isLessThan(200);

            // And again, until the relay is stopped in the middle
            String next = start(operator, "\"perSecond\":20");
            await().atMost(SOON)
                    .until(() -> progress(operator, next).path("delivered").asInt() > 5);
            relay.close();
            Actuator restarted = Actuator.of(scene.start()).asOperator();
            await().atMost(SOON).until(() -> restarted.partitions().size() == 2);
            JsonNode rest = ended(restarted, start(restarted, ""));

            // Then
            assertThat(rest.path("delivered").asInt()).isLessThan(200 - delivered - 5);
            scene.awaitEachOnce(fleet, SOON);
            await().atMost(SOON).until(() -> dryRun(restarted, "").path("found").asInt() == 0);
        }
    }

    /** A late value must not overwrite a newer one, but letters of a device are not newer than those behind them. */
    @Test
    void onlyWhereNothingNewerWasDelivered() throws Exception {
        try (Scene scene = Scene.of("redriven-newer", 2)) {
            // Given three devices that are unknown at first, of which nothing was ever delivered
            for (String device : List.of("silent", "tried", "alive", "busy", "fine")) {
                scene.register(device);
            }
            scene.relays().withDevices(directory("fine")).with("relay.dead-letter.max-share", "1");
            Actuator operator = Actuator.of(scene.start()).asOperator();
            await().atMost(SOON).until(() -> operator.partitions().size() == 2);
            for (int n = 0; n < 10; n++) {
                for (String device : List.of("silent", "tried", "alive", "busy")) {
                    scene.send(device, "{\"n\":" + n + "}");
                }
            }
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 40);
            scene.relays().withDevices(directory("fine", "silent", "tried", "alive", "busy"));
            await().atMost(SOON)
                    .until(() -> dryRun(operator, "").path("wouldFail").isEmpty());

            // When one of them has something newer delivered, and of another the sixth letter is sent as a trial
            scene.send("alive", "{\"n\":100}");
            scene.flush();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(scene.arrived("alive")).containsExactly(100));
            String sixth = operator.json("/deadletters?device=tried")
                    .path("letters")
                    .get(4)
                    .path("position")
                    .asString("");
            JsonNode trial = ended(operator, start(operator, "\"positions\":\"" + sixth + "\""));
            assertThat(trial.path("delivered").asInt()).isEqualTo(1);

            // And of one, something newer is under way
            Faults.Injection trouble = scene.simulator()
                    .faults()
                    .inject(Faults.device("busy").and(Faults.reports()), new Fault.Answer(Reply.html(503)));
            scene.send("busy", "{\"n\":200}");
            scene.flush();
            await().atMost(SOON)
                    .until(() -> !operator.json("/devices/busy")
                            .path("lane")
                            .path("oldest")
                            .isMissingNode());

            // Then the dry run tells, and the careful redrive sends what is safe
            JsonNode tried = dryRun(operator, "");
            assertThat(tried.path("olderThanDelivered").asInt()).isEqualTo(10 + 5);
            assertThat(tried.path("notKnownIfOlder").asInt()).isZero();
            JsonNode careful = ended(operator, start(operator, "\"onlyIfNothingNewer\":true"));
            assertThat(careful.path("delivered").asInt()).isEqualTo(10 + 4);
            assertThat(careful.path("skipped").path("newer-was-delivered").asInt())
                    .isEqualTo(10 + 5);
            assertThat(careful.path("skipped").path("newer-under-way").asInt()).isEqualTo(10);
            assertThat(careful.path("sent").asInt()).isEqualTo(10 + 4);
            trouble.close();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(scene.arrived("busy")).containsExactly(200));
            assertThat(scene.arrived("silent")).isEqualTo(numbers(0, 10));
            assertThat(scene.arrived("tried")).isEqualTo(numbers(5, 10));
            assertThat(scene.arrived("alive")).containsExactly(100);

            // Also of letters that failed once more, and are younger than what was delivered
            scene.relays().withDevices(directory("fine"));
            await().atMost(SOON)
                    .until(() -> dryRun(operator, "\"device\":\"alive\"")
                                    .path("wouldFail")
                                    .path("unknown-device")
                                    .asInt()
                            == 10);
            JsonNode again = ended(operator, start(operator, "\"device\":\"alive\""));
            assertThat(again.path("rejected").path("unknown-device").asInt()).isEqualTo(10);
            scene.relays().withDevices(directory("fine", "alive"));
            await().atMost(SOON)
                    .until(() -> dryRun(operator, "\"device\":\"alive\"")
                            .path("wouldFail")
                            .isEmpty());
            JsonNode younger = ended(operator, start(operator, "\"device\":\"alive\",\"onlyIfNothingNewer\":true"));
            assertThat(younger.path("skipped").path("newer-was-delivered").asInt())
                    .isEqualTo(10);
            assertThat(scene.arrived("alive")).containsExactly(100);
        }
    }

    /** Letters that were written before the relay had their partition: another instance may have delivered newer records. */
    @Test
    void whatHappenedBeforeTheStartIsNotKnown() throws Exception {
        try (Scene scene = Scene.of("redriven-unknown", 1)) {
            scene.register("late");
            scene.relays().withDevices(directory("another")).with("relay.dead-letter.max-share", "1");
            ConfigurableApplicationContext relay = scene.start();
            scene.send("late", "{\"n\":0}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 1);
            relay.close();
            scene.relays().withDevices(directory("late"));
            Actuator operator = Actuator.of(scene.start()).asOperator();
            await().atMost(SOON).until(() -> operator.partitions().size() == 1);

            assertThat(dryRun(operator, "").path("notKnownIfOlder").asInt()).isEqualTo(1);
            JsonNode careful = ended(operator, start(operator, "\"onlyIfNothingNewer\":true"));
            assertThat(careful.path("skipped").path("not-known-if-newer").asInt())
                    .isEqualTo(1);
            assertThat(ended(operator, start(operator, "")).path("delivered").asInt())
                    .isEqualTo(1);
        }
    }

    /** Its offsets begin anew: what was sent of the old one says nothing of the new one. */
    @Test
    void aDeadLetterTopicThatIsCreatedAgainHasNewLetters() throws Exception {
        try (Scene scene = Scene.of("redriven-anew", 1)) {
            // Given a letter that was sent again
            scene.register("late");
            scene.relays().withDevices(directory("another")).with("relay.dead-letter.max-share", "1");
            Actuator operator = Actuator.of(scene.start()).asOperator();
            scene.send("late", "{\"n\":0}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 1);
            JsonNode first = ended(operator, start(operator, ""));
            assertThat(first.path("rejected").path("unknown-device").asInt()).isEqualTo(1);

            // When the topic is deleted, and there is a letter at the same position
            scene.kafka()
                    .administer(admin -> admin.deleteTopics(List.of(scene.topic() + ".dlt"))
                            .all()
                            .get());
            scene.kafka().createTopic(scene.topic() + ".dlt", 1);
            scene.send("late", "{\"n\":1}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 1);
            scene.relays().withDevices(directory("late"));

            // Then it is sent
            await().atMost(SOON)
                    .until(() -> dryRun(operator, "").path("found").asInt() == 1
                            && dryRun(operator, "").path("wouldFail").isEmpty());
            assertThat(ended(operator, start(operator, "")).path("delivered").asInt())
                    .isEqualTo(1);
            assertThat(scene.arrived("late")).containsExactly(1);
        }
    }

    /** Relays of other groups write to the same topic by default, perhaps for another platform. */
    @Test
    void lettersOfOtherGroupsStay() throws Exception {
        try (Scene scene = Scene.of("redriven-others", 1)) {
            // Given letters of two groups
            scene.register("late");
            scene.relays().withDevices(directory("late")).with("relay.dead-letter.max-share", "1");
            Actuator operator = Actuator.of(scene.start()).asOperator();
            await().atMost(SOON).until(() -> operator.partitions().size() == 1);
            for (String group : List.of("another-group", "redriven-others")) {
                ProducerRecord<byte[], byte[]> letter =
                        new ProducerRecord<>(scene.topic() + ".dlt", Scene.bytes("late"), Scene.bytes("{\"n\":7}"));
                letter.headers()
                        .add("kafka_dlt-original-topic", Scene.bytes(scene.topic()))
                        .add("kafka_dlt-original-partition", new byte[] {0, 0, 0, 0})
                        .add("kafka_dlt-original-offset", new byte[] {0, 0, 0, 0, 0, 0, 0, 7})
                        .add("kafka_dlt-original-consumer-group", Scene.bytes(group));
                scene.send(letter);
            }
            scene.flush();

            // Then only its own is sent
            JsonNode tried = dryRun(operator, "");
            assertThat(tried.path("found").asInt()).isEqualTo(1);
            assertThat(tried.path("ofAnotherGroup").asInt()).isEqualTo(1);
            JsonNode end = ended(operator, start(operator, ""));
            assertThat(end.path("delivered").asInt()).isEqualTo(1);
            assertThat(end.path("skipped").path("of-another-group").asInt()).isEqualTo(1);
            assertThat(scene.arrived("late")).containsExactly(7);
        }
    }

    /** What the platform answers while the relay drains is noted, too: nothing is sent twice after an orderly stop. */
    @Test
    void whatIsUnderWayAtAStopIsNotSentAgain() throws Exception {
        try (Scene scene = Scene.of("redriven-stop", 1)) {
            // Given letters of devices whose answers take their time
            Fleet fleet = Fleet.of(scene.simulator(), "redriven-stop", 20);
            scene.relays().withDevices(directory("another")).with("relay.dead-letter.max-share", "1");
            ConfigurableApplicationContext relay = scene.start();
            Actuator operator = Actuator.of(relay).asOperator();
            fleet.produceForEach(scene.producer(), scene.topic(), 1);
            await().atMost(SOON).until(() -> scene.deadLetters() == 20);
            scene.relays().withDevicesOfSimulator();
            await().atMost(SOON)
                    .until(() -> dryRun(operator, "").path("wouldFail").isEmpty());
            scene.simulator().faults().inject(Faults.reports(), new Fault.LateAnswer(Duration.ofSeconds(7)));

            // When the relay stops in the middle
            String id = start(operator, "");
            await().atMost(SOON).until(() -> progress(operator, id).path("sent").asInt() == 20);
            relay.close();
            scene.simulator().faults().clear();
            Actuator restarted = Actuator.of(scene.start()).asOperator();
            await().atMost(SOON).until(() -> restarted.partitions().size() == 1);
            ended(restarted, start(restarted, ""));

            // Then
            scene.awaitEachOnce(fleet, SOON);
            assertThat(dryRun(restarted, "").path("found").asInt()).isZero();
        }
    }

    @Test
    void whatIsHostileIsShownAsTextAndWhatIsAskedWronglyIsRefused() throws Exception {
        try (Scene scene = Scene.of("redriven-hostile", 1)) {
            // Given
            scene.fleet(1);
            scene.relays().with("relay.dead-letter.max-share", "1");
            Actuator operator = Actuator.of(scene.start()).asOperator();
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                    scene.topic(),
                    Scene.bytes("<script>alert(1)</script>"),
                    Scene.bytes("<img src=x onerror=alert(2)>"));
            record.headers().add("trace", "<b>".getBytes(StandardCharsets.UTF_8));
            record.headers().add("kafka_dlt-original-partition", new byte[] {1});
            scene.send(record);
            scene.send(
                    new ProducerRecord<>(scene.topic(), new byte[] {(byte) 0xff, 0}, new byte[] {(byte) 0xfe, 1, 2}));
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 2);

            // Then
            HttpResponse<String> page = operator.get("/deadletters");
            assertThat(page.headers().firstValue("Content-Type").orElse("")).contains("json");
            JsonNode letters = JsonMapper.shared().readTree(page.body()).path("letters");
            assertThat(letters).hasSize(2);
            List<JsonNode> whole = letters.valueStream()
                    .map(letter -> operator.json(
                            "/deadletters/" + letter.path("position").asString("")))
                    .toList();
            assertThat(whole)
                    .anySatisfy(letter -> {
                        assertThat(letter.path("key").path("text").asString("")).isEqualTo("<script>alert(1)</script>");
                        assertThat(letter.path("value").path("text").asString(""))
                                .startsWith("<img");
                        assertThat(letter.path("origin").asString("")).isEqualTo("redriven-hostile-0-0");
                        assertThat(letter.path("today").path("rejected").asString(""))
                                .isNotEmpty();
                    })
                    .anySatisfy(letter -> assertThat(
                                    letter.path("value").path("base64").asString(""))
                            .isEqualTo("/gEC"));
            for (String path : List.of(
                    "/deadletters?limit=0",
                    "/deadletters?limit=501",
                    "/deadletters?from=yesterday",
                    "/deadletters?before=x",
                    "/deadletters/nonsense")) {
                assertThat(operator.get(path).statusCode()).as(path).isEqualTo(400);
            }
            for (String path : List.of(
                    "/deadletters/redriven-hostile.dlt-0-99",
                    "/deadletters/redriven-hostile.dlt-7-0",
                    "/deadletters/redriven-hostile-0-0",
                    "/deadletters/__consumer_offsets-0-0",
                    "/deadletters/redrives/none")) {
                assertThat(operator.get(path).statusCode()).as(path).isEqualTo(404);
            }
            for (String body : List.of(
                    "{\"perSecond\":0}",
                    "{\"most\":1000001}",
                    "{\"positions\":\"x\"}",
                    "{\"to\":\"x\"}",
                    "{\"devices\":\"x\"}",
                    "{\"devices\":\"x\",\"reason\":\"x\",\"dryRun\":false}",
                    "{\"id\":\"x\",\"all\":true,\"dryRun\":false}",
                    "{\"dryRun\":false}",
                    "{\"dryRun\":false,\"all\":false}",
                    "{\"dryRun\":false,\"device\":null}")) {
                assertThat(operator.post("/deadletters/redrive", body).statusCode())
                        .as(body)
                        .isEqualTo(400);
            }
            assertThat(operator.post("/deadletters/redrive", "{\"devices\":\"x\"}")
                            .body())
                    .contains("unknown field devices");
            assertThat(operator.json("/deadletters/redrives").path("redrives")).isEmpty();
            assertThat(operator.post("/devices/x", "{\"action\":\"probe\",\"force\":true}")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(operator.post("/deadletters/explode", "{}").statusCode()).isEqualTo(404);
            assertThat(Actuator.at(operator.port()).get("/deadletters").statusCode())
                    .isEqualTo(401);
        }
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static List<String> directory(String... devices) {
        List<String> lines = new ArrayList<>(List.of("device_id,secret,gateway_id"));
        for (String device : devices) {
            lines.add(device + "," + Fleet.secretOf(device) + ",");
        }
        return lines;
    }

    private static JsonNode dryRun(Actuator operator, String filter) {
        HttpResponse<String> answer = operator.post("/deadletters/redrive", "{" + filter + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body()).path("result");
    }

    private static String start(Actuator operator, String filter) {
        HttpResponse<String> answer = operator.post(
                "/deadletters/redrive",
                "{\"dryRun\":false,\"all\":true" + (filter.isEmpty() ? "" : "," + filter) + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return JsonMapper.shared().readTree(answer.body()).path("id").asString("");
    }

    private static JsonNode progress(Actuator operator, String id) {
        return operator.json("/deadletters/redrives/" + id);
    }

    private static JsonNode ended(Actuator operator, String id) {
        return await().atMost(SOON)
                .until(
                        () -> progress(operator, id),
                        found -> !found.path("end").asString("").isEmpty());
    }
}
