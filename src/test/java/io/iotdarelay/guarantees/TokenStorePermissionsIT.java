package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.RelayProcess;
import io.iotdarelay.testing.Relays;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A relay that lacks a permission for the topic of tokens delivers with tokens of its own, says once which permission for which topic is
 * missing, and uses the topic as soon as it may.
 */
@Execution(ExecutionMode.CONCURRENT)
class TokenStorePermissionsIT {

    private static final Duration SOON = Duration.ofMinutes(2);

    /** How long it is watched that nothing gets worse: several attempts fit in. */
    private static final Duration WATCHED = Duration.ofSeconds(12);

    private static final int DEVICES = 10;

    @SuppressWarnings("NullAway.Init") // before all
    private static LocalKafka kafka;

    @BeforeAll
    static void startBroker() {
        kafka = LocalKafka.withPermissions(Map.of("relay", "word"));
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    /** What takes long is that nothing happens: so all at once. */
    @Test
    void deliversAndNamesThePermissionThatIsMissing() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> cases = List.of(
                    threads.submit(() -> deliversAndNames(
                            "tokens-none",
                            List.of(),
                            "not permitted to READ topic tokens-none.tokens",
                            List.of(AclOperation.READ, AclOperation.WRITE))),
                    threads.submit(() -> deliversAndNames(
                            "tokens-read",
                            List.of(AclOperation.READ),
                            "not permitted to WRITE topic tokens-read.tokens",
                            List.of(AclOperation.WRITE))),
                    threads.submit(() -> deliversAndNames(
                            "tokens-write",
                            List.of(AclOperation.WRITE),
                            "not permitted to READ topic tokens-write.tokens",
                            List.of(AclOperation.READ))));
            for (Future<?> one : cases) {
                one.get();
            }
        }
    }

    private static void deliversAndNames(
            String name, List<AclOperation> permitted, String reason, List<AclOperation> granted) {
        String store = name + ".tokens";
        try (Simulator simulator = Simulator.start();
                Producer<byte[], byte[]> producer = kafka.producer()) {
            // Given
            kafka.createTopic(name, 1);
            kafka.createTopic(name + ".dlt", 1);
            kafka.createTopic(store, 1, "cleanup.policy=compact");
            permit(ResourceType.TOPIC, name, AclOperation.READ);
            permit(ResourceType.GROUP, name, AclOperation.READ);
            permit(ResourceType.TOPIC, name + ".dlt", AclOperation.WRITE);
            permitted.forEach(operation -> permit(ResourceType.TOPIC, store, operation));
            Fleet fleet = Fleet.of(simulator, name, DEVICES);
            fleet.produceForEach(producer, name, 1);

            // When
            try (RelayProcess relay = relays(simulator, name).startProcess()) {
                Actuator actuator = Actuator.at(relay.awaitPort());
                awaitArrival(fleet, simulator);

                // Then
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(reason(actuator)).isEqualTo(reason));
                await().atMost(SOON)
                        .during(WATCHED)
                        .until(() -> actuator.status("tokens").equals("DOWN")
                                && reason(actuator).equals(reason)
                                && actuator.metrics().getOrDefault("relay_tokens_store_usable", 1.0) == 0);
                assertThat(relay.output().stream().filter(line -> line.contains(reason)))
                        .as("lines about it")
                        .hasSize(1);
                assertThat(actuator.status("readiness")).isEqualTo("UP");
                fleet.produceForEach(producer, name, 2);
                awaitArrival(fleet, simulator);
                assertThat(simulator.ledger().authentications()).isEqualTo(DEVICES);
                assertThat(kafka.count(store)).isZero();

                // And when
                granted.forEach(operation -> permit(ResourceType.TOPIC, store, operation));

                // Then
                await().atMost(SOON).until(() -> actuator.status("tokens").equals("UP"));
                await().atMost(SOON).until(() -> kafka.count(store) >= DEVICES);
                assertThat(simulator.ledger().authentications()).isEqualTo(DEVICES);
            }
        }
    }

    private static Relays relays(Simulator simulator, String name) {
        return Relays.of(kafka, simulator, name)
                .withPropertiesRoute(name)
                .withDevicesOfSimulator()
                .with("spring.kafka.bootstrap-servers", kafka.otherBootstrapServers())
                .with("spring.kafka.security.protocol", "SASL_PLAINTEXT")
                .with("spring.kafka.properties[sasl.mechanism]", "PLAIN")
                .with(
                        "spring.kafka.properties[sasl.jaas.config]",
                        PlainLoginModule.class.getName() + " required username=relay password=word;")
                .withTokensIn(name + ".tokens");
    }

    private static void permit(ResourceType type, String name, AclOperation operation) {
        AclBinding binding = new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:relay", "*", operation, AclPermissionType.ALLOW));
        kafka.administer(admin -> admin.createAcls(List.of(binding)).all().get());
    }

    private static void awaitArrival(Fleet fleet, Simulator simulator) {
        await().atMost(SOON).until(() -> Audit.of(fleet, simulator.ledger()).isComplete());
    }

    private static String reason(Actuator actuator) {
        return actuator.asOperator()
                .json("/health/tokens")
                .at("/details/reason")
                .asString("");
    }
}
