package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.Relays;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where the topic of the desk cannot be used, a relay delivers as ever, and says why it cannot be paused. */
@Execution(ExecutionMode.CONCURRENT)
class PausesNeedATopicIT {

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final String PAUSE = "{\"all\":true,\"reason\":\"drill\"}";

    @Test
    void aTopicThatIsNotPermittedStopsNothing() throws Exception {
        String name = "pause-permissions";
        String desk = name + ".desk";
        try (LocalKafka kafka = LocalKafka.withPermissions(Map.of("relay", "word"));
                Simulator simulator = Simulator.start();
                Producer<byte[], byte[]> producer = kafka.producer()) {
            // Given
            kafka.createTopic(name, 1);
            kafka.createTopic(name + ".dlt", 1);
            permit(kafka, ResourceType.TOPIC, name, AclOperation.READ);
            permit(kafka, ResourceType.GROUP, name, AclOperation.READ);
            permit(kafka, ResourceType.TOPIC, name + ".dlt", AclOperation.WRITE);
            Fleet fleet = Fleet.of(simulator, name, 3);
            fleet.produceForEach(producer, name, 1);

            // When
            try (ConfigurableApplicationContext relay =
                    relays(kafka, simulator, name).start()) {
                Actuator operator = Actuator.of(relay).asOperator();
                awaitArrival(fleet, simulator);

                // Then
                await().atMost(SOON)
                        .until(() -> operator.json("/pauses")
                                .path("trouble")
                                .asString("")
                                .contains("not permitted"));
                assertThat(refusal(operator)).contains("not permitted");
                assertNothingIsPaused(operator, fleet, producer, simulator, name);

                // And when
                kafka.createTopic(desk, 1, "cleanup.policy=compact");
                permit(kafka, ResourceType.TOPIC, desk, AclOperation.READ);
                await().atMost(SOON)
                        .until(() -> operator.json("/pauses").path("trouble").isMissingNode());

                // Then
                assertThat(refusal(operator)).isEqualTo("not permitted to WRITE topic " + desk);
                assertNothingIsPaused(operator, fleet, producer, simulator, name);

                // And when
                permit(kafka, ResourceType.TOPIC, desk, AclOperation.WRITE);

                // Then
                await().atMost(SOON).until(() -> operator.post("/pauses", PAUSE).statusCode() == 200);
                assertThat(operator.delete("/pauses?all=true").statusCode()).isEqualTo(200);
                fleet.produceForEach(producer, name, 1);
                awaitArrival(fleet, simulator);
            }
        }
    }

    /** Retention would end a pause, and nobody would notice. */
    @Test
    void aTopicThatForgetsIsRefused() throws Exception {
        try (Scene scene = Scene.of("pause-forgets", 1)) {
            scene.kafka().createTopic("pause-forgets.desk", 1, "cleanup.policy=delete");
            Fleet fleet = scene.fleet(3);
            Actuator operator = Actuator.of(scene.start()).asOperator();

            assertThat(refusal(operator)).contains("cleanup.policy=delete");

            assertNothingIsPaused(operator, fleet, scene.producer(), scene.simulator(), scene.topic());
        }
    }

    /** It is not known then whether a write was stored; the order was refused, so it must not count when Kafka is back. */
    @Test
    void anOrderThatKafkaDoesNotAcknowledgeDoesNotCount() throws Exception {
        String name = "pause-outage";
        try (LocalKafka kafka = LocalKafka.start();
                Simulator simulator = Simulator.start()) {
            // Given
            kafka.createTopic(name, 1);
            kafka.createTopic(name + ".dlt", 1);
            Fleet fleet = Fleet.of(simulator, name, 3);
            Relays relays =
                    Relays.of(kafka, simulator, name).withPropertiesRoute(name).withDevicesOfSimulator();
            try (ConfigurableApplicationContext relay = relays.start()) {
                Actuator operator = Actuator.of(relay).asOperator();
                try (Producer<byte[], byte[]> producer = kafka.producer()) {
                    fleet.produceForEach(producer, name, 1);
                }
                awaitArrival(fleet, simulator);
                assertThat(operator.post("/pauses", PAUSE).statusCode()).isEqualTo(200);
                assertThat(operator.delete("/pauses?all=true").statusCode()).isEqualTo(200);

                // When
                kafka.stop();

                // Then
                assertThat(refusal(operator)).isNotEmpty();

                // And when
                kafka.restart();

                // Then
                try (Producer<byte[], byte[]> producer = kafka.producer()) {
                    assertNothingIsPaused(operator, fleet, producer, simulator, name);
                }
            }
        }
    }

    private static String refusal(Actuator operator) {
        HttpResponse<String> answer = operator.post("/pauses", PAUSE);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        JsonNode body = JsonMapper.shared().readTree(answer.body());
        return body.path("error").asString("");
    }

    private static void assertNothingIsPaused(
            Actuator operator, Fleet fleet, Producer<byte[], byte[]> producer, Simulator simulator, String topic) {
        assertThat(operator.json("/pauses").path("pauses")).isEmpty();
        fleet.produceForEach(producer, topic, 1);
        awaitArrival(fleet, simulator);
        assertThat(operator.pausedPartitions("operator")).isZero();
        await().atMost(SOON).until(() -> operator.pausedPartitions("pauses-unread") == 0);
    }

    private static Relays relays(LocalKafka kafka, Simulator simulator, String name) {
        return Relays.of(kafka, simulator, name)
                .withPropertiesRoute(name)
                .withDevicesOfSimulator()
                .with("spring.kafka.bootstrap-servers", kafka.otherBootstrapServers())
                .with("spring.kafka.security.protocol", "SASL_PLAINTEXT")
                .with("spring.kafka.properties[sasl.mechanism]", "PLAIN")
                .with(
                        "spring.kafka.properties[sasl.jaas.config]",
                        PlainLoginModule.class.getName() + " required username=relay password=word;");
    }

    private static void permit(LocalKafka kafka, ResourceType type, String name, AclOperation operation) {
        AclBinding binding = new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:relay", "*", operation, AclPermissionType.ALLOW));
        kafka.administer(admin -> admin.createAcls(List.of(binding)).all().get());
    }

    private static void awaitArrival(Fleet fleet, Simulator simulator) {
        await().atMost(SOON).until(() -> Audit.of(fleet, simulator.ledger()).isComplete());
    }
}
