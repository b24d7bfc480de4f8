package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.RelayProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;

/** A record that becomes several reports is settled with the last of them; what cannot be sent costs nothing else. */
@Execution(ExecutionMode.CONCURRENT)
class OneRecordManyReportsIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void deliversWhatItCanAndSendsTheRestAlone() throws Exception {
        try (Scene scene = eachReading("parts")) {
            // Given: one device is fine, one unknown, one refused, one without a value, and one fine again
            register(scene, "first", "picky", "empty", "last");
            scene.relays().with("relay.devices.unknown-grace", "300ms");
            Reply refusal = Reply.error(400, "IOTDA.000006", "Invalid input data.");
            scene.simulator().faults().inject(Faults.device("picky").and(Faults.reports()), new Fault.Answer(refusal));
            ConfigurableApplicationContext relay = scene.start();

            // When
            scene.send(
                    null,
                    "{\"readings\":[{\"id\":\"first\",\"n\":0},{\"id\":\"stranger\",\"n\":1},{\"id\":\"picky\",\"n\":2},"
                            + "{\"id\":\"empty\"},{\"id\":\"last\",\"n\":4}]}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 1);
            DeadLetter letter = letters(scene).getFirst();

            // Then
            assertThat(scene.arrived("first")).containsExactly(0);
            assertThat(scene.arrived("last")).containsExactly(4);
            assertThat(letter.reason()).isEqualTo("unknown-device");
            assertThat(letter.text("iotda-relay-device-id")).isEqualTo("stranger");
            assertThat(letter.text("iotda-relay-delivered-parts")).isEqualTo("properties(/readings)/5 0,4");
            assertThat(letter.text("iotda-relay-failed-parts"))
                    .contains("properties /readings/1 stranger: unknown-device")
                    .contains("properties /readings/2 picky: refused")
                    .contains("properties /readings/3 empty: unmappable");
            await().atMost(SOON).until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == 0);

            // When: one of them is well again
            scene.simulator().faults().clear();
            scene.send(letter.redriven());
            scene.flush();
            await().atMost(SOON).until(() -> scene.deadLetters() == 2);

            // Then: nothing that was delivered is sent again, now or later
            DeadLetter second = letters(scene).get(1);
            assertThat(scene.arrived("picky")).containsExactly(2);
            assertThat(scene.arrived("first")).containsExactly(0);
            assertThat(scene.arrived("last")).containsExactly(4);
            assertThat(second.text("iotda-relay-delivered-parts")).isEqualTo("properties(/readings)/5 0,2,4");
            assertThat(second.text("iotda-relay-redrives")).isEqualTo("1");
            Map<String, Double> metrics = Actuator.of(relay).metrics();
            assertThat(Actuator.sum(metrics, "relay_records_rejected_total{")).isEqualTo(2);
            assertThat(Actuator.sum(metrics, "relay_reports_total{outcome=\"delivered\""))
                    .isEqualTo(3);
            assertThat(Actuator.sum(metrics, "relay_reports_total{outcome=\"rejected\""))
                    .isEqualTo(5);
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void sendsNothingOfAWholeRecordThatCannotBeMapped() throws Exception {
        try (Scene scene = eachReading("parts-whole")) {
            register(scene, "first", "last");
            scene.relays().with("relay.routes[0].whole", "true");
            scene.start();

            scene.send(null, "{\"readings\":[{\"id\":\"first\",\"n\":0},{\"id\":\"last\"}]}");
            scene.send(null, "{\"readings\":[{\"id\":\"first\",\"n\":1},{\"id\":\"last\",\"n\":1}]}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == 0);

            assertThat(scene.arrived("first")).containsExactly(1);
            assertThat(scene.arrived("last")).containsExactly(1);
            assertThat(letters(scene)).singleElement().satisfies(letter -> {
                assertThat(letter.reason()).isEqualTo("unmappable");
                assertThat(letter.text("iotda-relay-failed-parts"))
                        .startsWith("properties /readings/1 last: unmappable");
                assertThat(letter.text("iotda-relay-delivered-parts")).isNull();
            });
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void letsARecordTakeAllRoutesThatWantIt() throws Exception {
        try (Scene scene = Scene.of("parts-routes", 1)) {
            register(scene, "d");
            scene.relays()
                    .with("relay.routes[0].when[/n].exists", "true")
                    .withPropertiesRoute(1, "alarms", "parts-routes")
                    .with("relay.routes[1].when[/n].above", "100")
                    .with("relay.routes[1].services[0].id", "Alarm")
                    .withPropertiesRoute(2, "resets", "parts-routes")
                    .with("relay.routes[2].when.any[0][/kind][0]", "reset")
                    .with("relay.routes[2].when.any[0][/kind][1]", "restart")
                    .with("relay.routes[2].when.any[1][header:kind]", "reset")
                    .with("relay.routes[2].services[0].id", "Reset")
                    .with("relay.routes[2].services[0].properties.n", "/kind");
            ConfigurableApplicationContext relay = scene.start();

            scene.send("d", "{\"n\":7}");
            scene.send("d", "{\"n\":101}");
            scene.send("d", "{\"kind\":\"restart\"}");
            scene.send("d", "{\"other\":true}");
            scene.flush();
            await().atMost(SOON).until(() -> scene.kafka().lag("parts-routes", "parts-routes") == 0);

            assertThat(scene.simulator().ledger().accepted("d"))
                    .extracting(report -> report.service() + report.content().path("n"))
                    .containsExactly("S7", "S101", "Alarm101", "Reset\"restart\"");
            assertThat(scene.deadLetters()).isZero();
            Map<String, Double> metrics = Actuator.of(relay).metrics();
            assertThat(Actuator.sum(metrics, "relay_records_skipped_total{")).isEqualTo(1);
            assertThat(Actuator.sum(metrics, "relay_records_delivered_total{")).isEqualTo(3);
            assertThat(Actuator.sum(metrics, "relay_reports_total{")).isEqualTo(4);
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void losesNothingWhenInstancesComeGoAndCrash() throws Exception {
        try (Scene scene = eachReading("parts-moving", 4)) {
            // Given
            int devices = 40;
            int inRecord = 5;
            int rounds = 150;
            scene.relays()
                    .with("relay.source.max-in-flight-records", "300")
                    .with("spring.kafka.consumer.max-poll-records", "50")
                    .with("spring.kafka.consumer.properties.session.timeout.ms", "3000")
                    .with("spring.kafka.consumer.properties.heartbeat.interval.ms", "500");
            register(scene, IntStream.range(0, devices).mapToObj(i -> "m-" + i).toArray(String[]::new));
            scene.simulator().faults().inject(new Fault.Delay(Duration.ofMillis(5), Duration.ofMillis(60)));
            RelayProcess crashing = scene.startProcess();

            // When: each key always carries the same devices
            for (int round = 0; round < rounds; round++) {
                for (int group = 0; group < devices / inRecord; group++) {
                    int first = group * inRecord;
                    int n = round;
                    scene.send(
                            "group-" + group,
                            IntStream.range(first, first + inRecord)
                                    .mapToObj(i -> "{\"id\":\"m-" + i + "\",\"n\":" + n + "}")
                                    .collect(Collectors.joining(",", "{\"readings\":[", "]}")));
                }
            }
            scene.flush();
            await().atMost(SOON).until(() -> scene.simulator().ledger().acceptedCount() > 500);
            crashing.kill();
            long atCrash = scene.simulator().ledger().acceptedCount();
            ConfigurableApplicationContext leaving = scene.start();
            await().atMost(SOON).until(() -> scene.simulator().ledger().acceptedCount() > atCrash + 1000);
            scene.start();
            leaving.close();
            await().atMost(Duration.ofSeconds(60)).until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == 0);

            // Then: repeated is what the crash interrupted, and in order all the same
            Map<String, List<Integer>> firsts = new TreeMap<>();
            for (int i = 0; i < devices; i++) {
                firsts.put("m-" + i, firstsOf(scene.arrived("m-" + i)));
            }
            assertThat(firsts)
                    .allSatisfy((device, n) -> assertThat(n)
                            .isEqualTo(IntStream.range(0, rounds).boxed().toList()));
            assertThat(scene.simulator().ledger().acceptedCount())
                    .isLessThan((long) devices * rounds + (long) inRecord * 600);
            assertThat(scene.deadLetters()).isZero();
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void staysSmallWhereRecordsBecomeLarge() throws Exception {
        try (Scene scene = eachReading("parts-large", 2)) {
            // Given: 2 KB become 1000 reports, and all of them together several times the heap
            int records = 600;
            scene.relays()
                    .with("relay.routes[0].device-id", "key")
                    .with("relay.routes[0].services[0].properties.n", ".");
            register(scene, "d-0", "d-1", "d-2", "d-3");
            String value = "{\"readings\":[" + "1,".repeat(999) + "1]}";
            for (int i = 0; i < records; i++) {
                scene.send("d-" + i % 4, value);
            }
            scene.send("d-0", "{\"readings\":[" + "1,".repeat(99_999) + "1]}");
            scene.send("d-0", "{\"readings\":[]}");
            scene.flush();
            scene.simulator().faults().inject(new Fault.Answer(Reply.html(503)));

            // When
            RelayProcess relay = scene.relays().startProcess("-Xmx128m", "-XX:+ExitOnOutOfMemoryError");
            try (relay) {
                Actuator actuator = Actuator.at(relay.awaitPort());
                await().atMost(SOON).until(() -> actuator.status("iotda").equals("OUT_OF_SERVICE"));
                scene.simulator().faults().clear();
                await().atMost(Duration.ofSeconds(90))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == 0 || !relay.isAlive());

                // Then
                assertThat(relay.isAlive())
                        .as(String.join("\n", relay.output()))
                        .isTrue();
                assertThat(scene.simulator().ledger().acceptedCount()).isEqualTo(records * 1000L);
                assertThat(letters(scene))
                        .singleElement()
                        .satisfies(letter -> assertThat(letter.reason()).isEqualTo("too-large"));
            }
        }
    }

    private static Scene eachReading(String name) {
        return eachReading(name, 1);
    }

    private static Scene eachReading(String name, int partitions) {
        Scene scene = Scene.of(name, partitions);
        scene.relays()
                .with("relay.routes[0].each", "/readings")
                .with("relay.routes[0].device-id", "./id")
                .with("relay.routes[0].services[0].properties.n", "./n");
        return scene;
    }

    private static void register(Scene scene, String... devices) {
        for (String device : devices) {
            scene.register(device);
        }
        scene.relays().withDevicesOfSimulator();
    }

    private static List<DeadLetter> letters(Scene scene) {
        return DeadLetter.all(scene.kafka(), scene.topic() + ".dlt");
    }

    /** Each number where it came first. */
    private static List<Integer> firstsOf(List<Integer> numbers) {
        List<Integer> firsts = new ArrayList<>();
        HashSet<Integer> seen = new HashSet<>();
        for (Integer number : numbers) {
            if (seen.add(number)) {
                firsts.add(number);
            }
        }
        return firsts;
    }
}
