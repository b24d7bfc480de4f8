package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Authority;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.RelayProcess;
import io.iotdarelay.testing.Relays;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Whatever keeps a relay from Kafka, or from one of its topics, is named in log and health: the address, the protocol, the topic with
 * its route, the permission. It neither stops the relay nor fills the log, and the relay continues by itself when it is over. Each in a
 * small process with default settings.
 */
@Execution(ExecutionMode.CONCURRENT)
class KafkaProblemIsNamedIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** How long it is watched that nothing gets worse: several attempts fit in. */
    private static final Duration WATCHED = Duration.ofSeconds(12);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void nameThatCannotBeResolvedIsWaitedFor() throws IOException {
        try (World world = new World(LocalKafka.start(), "unresolved")) {
            // Given
            world.createTopics();
            Path hosts = hosts();
            String address = world.kafka.bootstrapServers().replace("127.0.0.1", "kafka.test");
            world.relays.with("spring.kafka.bootstrap-servers", address);
            world.fleet.produceForEach(world.producer, world.topic, 1);

            // When
            Actuator actuator = world.start("-Djdk.net.hosts.file=" + hosts);
            awaitReason(actuator, "source", "cannot reach Kafka: cannot resolve " + address);
            awaitReason(actuator, "deadLetters", "cannot reach Kafka: cannot resolve " + address);
            world.assertCalm(actuator, "kafka.test");

            // Then
            Files.writeString(hosts, "127.0.0.1 localhost kafka.test\n");
            world.awaitRecovery(actuator);
            world.produceMalformed();
            await().atMost(SOON).until(() -> world.kafka.count(world.topic + ".dlt") == 1);
        }
    }

    @Test
    void advertisedNameThatCannotBeResolvedIsNamed() throws IOException {
        try (World world = new World(LocalKafka.advertising("broker.test"), "advertised")) {
            // Given
            world.createTopics();
            Path hosts = hosts();
            String address = world.kafka.otherBootstrapServers();
            world.relays.with("spring.kafka.bootstrap-servers", address);
            world.fleet.produceForEach(world.producer, world.topic, 1);

            // When
            Actuator actuator = world.start("-Djdk.net.hosts.file=" + hosts);
            awaitReason(
                    actuator,
                    "source",
                    "cannot reach Kafka: " + address + " answers, but not what it advertises: broker 1: cannot resolve "
                            + address.replace("127.0.0.1", "broker.test"));
            world.assertCalm(actuator, "broker.test");

            // Then
            Files.writeString(hosts, "127.0.0.1 localhost broker.test\n");
            world.awaitRecovery(actuator);
        }
    }

    @Test
    void plaintextToAPortThatSpeaksTlsIsNamedAndHarmless() {
        try (World world = new World(LocalKafka.withTls(Authority.create()), "plain-to-tls")) {
            // Given
            world.createTopics();
            String address = world.kafka.otherBootstrapServers();
            world.relays.with("spring.kafka.bootstrap-servers", address);

            // When
            Actuator actuator = world.start();

            // Then
            String reason = address + " speaks TLS, but security.protocol is PLAINTEXT";
            awaitReason(actuator, "source", reason);
            awaitReason(actuator, "deadLetters", reason);
            world.assertCalm(actuator, "speaks TLS");
        }
    }

    @Test
    void directoryInATopicBehindAPortThatSpeaksTlsIsNamedAndHarmless() {
        try (World world = new World(LocalKafka.withTls(Authority.create()), "directory-to-tls")) {
            // Given
            String address = world.kafka.otherBootstrapServers();
            world.relays
                    .without("relay.devices.file")
                    .with("relay.devices.topic", "devices")
                    .with("spring.kafka.bootstrap-servers", address);

            // When
            Actuator actuator = world.start();

            // Then
            awaitReason(actuator, "devices", address + " speaks TLS, but security.protocol is PLAINTEXT");
            world.assertCalm(actuator, "speaks TLS");
        }
    }

    @Test
    void missingTopicsAreNamedAndPickedUpWhenTheyAreCreated() {
        try (World world = new World(LocalKafka.start(), "missing")) {
            // Given
            world.kafka.createTopic(world.topic, 2);
            world.relays
                    .withPropertiesRoute(1, "later", "missing-later")
                    .withPropertiesRoute(2, "found", "unused")
                    .without("relay.routes[2].topics[0]")
                    .with("relay.routes[2].topic-pattern", "found\\..*");
            world.fleet.produceForEach(world.producer, world.topic, 1);

            // When
            Actuator actuator = world.start();
            world.awaitArrival();

            // Then
            awaitReason(
                    actuator,
                    "source",
                    "topic missing-later of route later does not exist; no visible topic matches the topic-pattern"
                            + " of route found");
            awaitReason(actuator, "deadLetters", "topic missing.dlt does not exist");
            assertThat(actuator.status("readiness")).isEqualTo("UP");
            assertThat(world.relay().output().stream().filter(line -> line.contains("missing-later")))
                    .hasSize(1);

            // And when
            world.kafka.createTopic("missing-later", 1);
            world.kafka.createTopic("found.1", 1);
            world.kafka.createTopic("missing.dlt", 1);
            world.fleet.produceForEach(world.producer, "missing-later", 1);
            world.awaitArrival();
            world.fleet.produceForEach(world.producer, "found.1", 1);

            // Then
            world.awaitArrival();
            world.awaitRecovery(actuator);
        }
    }

    @Test
    void missingPermissionsAreNamedAndOtherTopicsAreRead() {
        try (World world = new World(LocalKafka.withPermissions(Map.of("relay", "word")), "permitted")) {
            // Given
            world.createTopics();
            world.kafka.createTopic("forbidden", 1);
            world.kafka.createTopic("described", 1);
            world.relays
                    .withPropertiesRoute(1, "other", "forbidden")
                    .withPropertiesRoute(2, "third", "described")
                    .with("spring.kafka.bootstrap-servers", world.kafka.otherBootstrapServers())
                    .with("spring.kafka.security.protocol", "SASL_PLAINTEXT")
                    .with("spring.kafka.properties[sasl.mechanism]", "PLAIN")
                    .with(
                            "spring.kafka.properties[sasl.jaas.config]",
                            PlainLoginModule.class.getName() + " required username=relay password=word;");
            world.permit(ResourceType.TOPIC, world.topic, AclOperation.READ);
            world.permit(ResourceType.TOPIC, "described", AclOperation.DESCRIBE);
            world.fleet.produceForEach(world.producer, world.topic, 1);

            // When
            Actuator actuator = world.start();

            // Then
            awaitReason(actuator, "source", "not permitted to READ group permitted");
            awaitReason(actuator, "deadLetters", "not permitted to WRITE topic permitted.dlt");
            world.assertCalm(actuator, "READ group");
            assertThat(world.relay().output().stream().filter(line -> line.contains("permitted.dlt")))
                    .as("lines about the dead-letter topic")
                    .hasSize(1);

            // And when
            world.permit(ResourceType.GROUP, world.topic, AclOperation.READ);

            // Then
            world.awaitArrival();
            awaitReason(
                    actuator,
                    "source",
                    "not permitted to READ topic described (route third); not permitted to READ topic forbidden (route"
                            + " other)");
            assertThat(actuator.status("readiness")).isEqualTo("UP");
            world.fleet.produceForEach(world.producer, world.topic, 1);
            world.awaitArrival();
            assertThat(world.relay().output().stream().filter(line -> line.contains("consumer failed")))
                    .as("failures of the consumer, which were those without the group")
                    .hasSize(1);
            world.produceMalformed();
            await().atMost(SOON)
                    .until(() -> actuator.asOperator()
                                    .json("/health/deadLetters")
                                    .at("/details/unwritten")
                                    .asInt()
                            == 1);
            awaitReason(actuator, "deadLetters", "not permitted to WRITE topic permitted.dlt");
            world.fleet.produceForEach(world.producer, "forbidden", 1);

            // And when
            world.permit(ResourceType.TOPIC, "forbidden", AclOperation.READ);
            world.permit(ResourceType.TOPIC, "described", AclOperation.READ);
            world.permit(ResourceType.TOPIC, "permitted.dlt", AclOperation.WRITE);

            // Then
            world.awaitArrival();
            await().atMost(SOON).until(() -> world.kafka.count("permitted.dlt") == 1);
            world.fleet.produceForEach(world.producer, "described", 1);
            world.awaitRecovery(actuator);
        }
    }

    /** A file of names that the JVM resolves, and no others yet. */
    private Path hosts() throws IOException {
        return Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n");
    }

    private static void awaitReason(Actuator actuator, String component, String reason) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(actuator.asOperator()
                            .json("/health/" + component)
                            .at("/details/reason")
                            .asString(""))
                    .contains(reason);
            assertThat(actuator.status(component)).isEqualTo("DOWN");
        });
    }

    /** A broker of its own, a platform, ten devices, and a relay. */
    private static final class World implements AutoCloseable {

        private final LocalKafka kafka;
        private final String topic;
        private final Simulator simulator = Simulator.start();
        private final Fleet fleet;
        private final Relays relays;
        private final Producer<byte[], byte[]> producer;
        private @Nullable RelayProcess relay;

        World(LocalKafka kafka, String topic) {
            this.kafka = kafka;
            this.topic = topic;
            this.fleet = Fleet.of(simulator, topic, 10);
            this.relays = Relays.of(kafka, simulator, topic)
                    .withPropertiesRoute(topic)
                    .withDevicesOfSimulator();
            this.producer = kafka.producer();
        }

        void createTopics() {
            kafka.createTopic(topic, 2);
            kafka.createTopic(topic + ".dlt", 1);
        }

        void permit(ResourceType type, String name, AclOperation operation) {
            AclBinding binding = new AclBinding(
                    new ResourcePattern(type, name, PatternType.LITERAL),
                    new AccessControlEntry("User:relay", "*", operation, AclPermissionType.ALLOW));
            kafka.administer(admin -> admin.createAcls(List.of(binding)).all().get());
        }

        void produceMalformed() {
            Future<?> unused = producer.send(new ProducerRecord<>(topic, "not json".getBytes(StandardCharsets.UTF_8)));
        }

        Actuator start(String... jvmArguments) {
            relay = relays.startProcess(jvmArguments);
            return Actuator.at(relay.awaitPort());
        }

        RelayProcess relay() {
            return Objects.requireNonNull(relay);
        }

        /** It is live, not ready, and logs that once for the consumer, and at most once for dead letters. */
        void assertCalm(Actuator actuator, String named) {
            await().atMost(SOON)
                    .during(WATCHED)
                    .until(() -> relay().isAlive()
                            && actuator.status("liveness").equals("UP")
                            && actuator.status("readiness").equals("OUT_OF_SERVICE"));
            assertThat(relay().output().stream().filter(line -> line.contains(named)))
                    .as("lines about it")
                    .hasSizeBetween(1, 2);
            assertThat(relay().output())
                    .noneMatch(line -> line.contains("OutOfMemoryError") || line.startsWith("\tat "));
        }

        void awaitArrival() {
            await().atMost(SOON).until(() -> Audit.of(fleet, simulator.ledger()).isComplete());
        }

        void awaitRecovery(Actuator actuator) {
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(actuator.status("readiness")).isEqualTo("UP");
                assertThat(actuator.status("source")).isEqualTo("UP");
                assertThat(actuator.status("deadLetters")).isEqualTo("UP");
            });
            awaitArrival();
        }

        @Override
        public void close() {
            if (relay != null) {
                relay.close();
            }
            producer.close(Duration.ofSeconds(5));
            simulator.close();
            kafka.close();
        }
    }
}
