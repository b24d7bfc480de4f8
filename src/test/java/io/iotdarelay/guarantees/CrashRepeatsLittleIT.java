package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.settle.FinishedOffsets;
import io.iotdarelay.settle.TopicIdentity;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Dice;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.RelayProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** One slow record holds the committable offset, and a crash repeats none of what the last commit marks as finished beyond it. */
class CrashRepeatsLittleIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SLOW = "slow";

    @Test
    void finishedRecordsBehindASlowOneAreNotRepeatedAfterAKill() throws Exception {
        try (Scene scene = Scene.of("little", 1);
                Admin admin = scene.kafka().admin()) {
            // Given
            RandomGenerator dice = Dice.roll("little");
            scene.simulator().register(SimulatedDevice.direct(SLOW, "secret-of-slow"));
            Fleet fleet = scene.fleet(50);
            scene.relays()
                    .with("relay.source.commit-interval", "500ms")
                    .with("relay.source.max-in-flight-records", "200")
                    .with("relay.iotda.response-timeout", "5m")
                    .with("spring.kafka.consumer.max-poll-records", "50")
                    .with("spring.kafka.consumer.properties.session.timeout.ms", "1500")
                    .with("spring.kafka.consumer.properties.heartbeat.interval.ms", "500");
            Faults.Injection silence =
                    scene.simulator().faults().inject(Faults.device(SLOW).and(Faults.reports()), new Fault.Silence());
            scene.simulator()
                    .faults()
                    .inject(
                            Faults.reports().and(Faults.device(SLOW).negate()),
                            new Fault.Delay(Duration.ofMillis(10), Duration.ofMillis(40)));
            scene.send(SLOW, "{\"n\":0}");
            scene.flush();
            fleet.produce(scene.producer(), scene.topic(), 3000, dice);

            // When
            RelayProcess killed = scene.startProcess();
            int enough = 500 + dice.nextInt(1000);
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(100))
                    .untilAsserted(() -> assertThat(finishedBeyond(scene, committed(admin, scene)))
                            .as(() -> "what the relay says: " + String.join("\n", killed.output()))
                            .isGreaterThan(enough));
            killed.kill();
            OffsetAndMetadata committed = committed(admin, scene);
            long accepted = scene.simulator().ledger().acceptedCount();
            silence.close();
            Actuator actuator = Actuator.of(scene.start());
            Audit audit = scene.settled(fleet, SOON);
            await().atMost(SOON).until(() -> scene.arrived(SLOW).equals(List.of(0)));

            // Then
            Set<String> finished = finished(scene, committed);
            assertThat(committed.offset()).as("the slow one holds it").isZero();
            assertThat(finished).hasSizeGreaterThan(enough);
            assertThat(audit.lost()).isEmpty();
            assertThat(audit.outOfOrder()).isEmpty();
            assertThat(audit.duplicates())
                    .as("repeated although the last commit marks them as finished")
                    .noneMatch(report -> finished.contains(
                            report.device() + "/" + report.content().path("n").asInt()));
            assertThat(audit.duplicates())
                    .as("what had arrived since the last commit")
                    .hasSizeLessThanOrEqualTo((int) accepted - finished.size());
            assertThat(actuator.metrics()).containsEntry("relay_replays_avoided_total", (double) finished.size());
            assertThat(scene.deadLetters()).isZero();
        }
    }

    private static OffsetAndMetadata committed(Admin admin, Scene scene) throws Exception {
        return admin.listConsumerGroupOffsets(scene.topic())
                .partitionsToOffsetAndMetadata()
                .get()
                .getOrDefault(new TopicPartition(scene.topic(), 0), new OffsetAndMetadata(0));
    }

    private static int finishedBeyond(Scene scene, OffsetAndMetadata committed) {
        return beyond(scene, committed).size();
    }

    private static FinishedOffsets beyond(Scene scene, OffsetAndMetadata committed) {
        TopicIdentity topic = scene.kafka()
                .administer(admin -> new TopicIdentity(
                        admin.describeCluster().clusterId().get(),
                        admin.describeTopics(List.of(scene.topic()))
                                .allTopicNames()
                                .get()
                                .values()
                                .iterator()
                                .next()
                                .topicId()
                                .toString()));
        return topic.open(committed.offset(), committed.metadata()).finished();
    }

    /** The records that the commit marks as finished, as {@code device/sequence}. */
    private static Set<String> finished(Scene scene, OffsetAndMetadata committed) {
        FinishedOffsets beyond = beyond(scene, committed);
        Set<String> finished = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : scene.kafka().records(scene.topic())) {
            if (beyond.contains(record.offset())) {
                finished.add(new String(record.key(), StandardCharsets.UTF_8) + "/"
                        + new String(record.value(), StandardCharsets.UTF_8).replaceAll("\\D", ""));
            }
        }
        return finished;
    }
}
