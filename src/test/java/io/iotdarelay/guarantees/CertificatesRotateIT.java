package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.source.MountedCredentials;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Authority;
import io.iotdarelay.testing.ClientCertificates;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.MountedSecret;
import io.iotdarelay.testing.Relays;
import io.iotdarelay.testing.TcpProxy;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * The certificate that the relay shows to Kafka, its password there, and the authority that it trusts in IoTDA's place are renewed
 * while records flow: certificates first by what cannot be used, then by what can.
 */
class CertificatesRotateIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NAME = "certificates";
    private static final int DEVICES = 20;
    private static final String USER = "relay";

    @TempDir
    private Path directory = Path.of("");

    @Test
    void renewedOnesAreUsedAndBrokenOnesAreNotWhileEachRecordArrivesOnce() throws Exception {
        Authority brokersAuthority = Authority.create();
        try (TcpProxy proxy = TcpProxy.open();
                LocalKafka kafka = LocalKafka.behind(proxy, brokersAuthority);
                Simulator simulator = Simulator.start();
                Producer<byte[], byte[]> producer = kafka.producer();
                ScheduledExecutorService upstream = Executors.newSingleThreadScheduledExecutor()) {
            // Given
            kafka.createTopic(NAME, 2);
            kafka.createTopic(NAME + ".dlt", 1);
            X509Bundle first = brokersAuthority.issue();
            X509Bundle second = brokersAuthority.issue();
            MountedSecret kafkaSecret = new MountedSecret(directory.resolve("kafka"));
            MountedSecret iotdaSecret = new MountedSecret(directory.resolve("iotda"));
            kafka.password(USER, "the first one");
            identity(kafkaSecret, brokersAuthority, first, first, "the first one");
            String formerAuthority = simulator.certificateAuthority();
            iotdaSecret.write(Map.of("ca.crt", formerAuthority));
            Relays relays = Relays.of(kafka, simulator, NAME)
                    .withPropertiesRoute(NAME)
                    .with("spring.kafka.bootstrap-servers", "127.0.0.1:" + proxy.port())
                    .with("spring.kafka.security.protocol", "SASL_SSL")
                    .with("spring.kafka.properties.sasl.mechanism", "SCRAM-SHA-256")
                    .with(
                            "spring.kafka.properties.sasl.client.callback.handler.class",
                            MountedCredentials.class.getName())
                    .with(
                            "spring.kafka.properties.sasl.jaas.config",
                            ScramLoginModule.class.getName() + " required usernameFile=\""
                                    + kafkaSecret.path("username") + "\" passwordFile=\"" + kafkaSecret.path("password")
                                    + "\";")
                    .with("spring.kafka.ssl.bundle", "kafka")
                    .with("spring.ssl.bundle.watch.file.quiet-period", "100ms")
                    .with("spring.ssl.bundle.pem.kafka.reload-on-update", "true")
                    .with("spring.ssl.bundle.pem.kafka.keystore.certificate", kafkaSecret.location("tls.crt"))
                    .with("spring.ssl.bundle.pem.kafka.keystore.private-key", kafkaSecret.location("tls.key"))
                    .with("spring.ssl.bundle.pem.kafka.truststore.certificate", kafkaSecret.location("ca.crt"))
                    .with("spring.ssl.bundle.pem.iotda.reload-on-update", "true")
                    .with("spring.ssl.bundle.pem.iotda.truststore.certificate", iotdaSecret.location("ca.crt"));
            Fleet fleet = Fleet.of(simulator, NAME, DEVICES);
            relays.withDevicesOfSimulator();
            try (ConfigurableApplicationContext relay = relays.start()) {
                Actuator actuator = Actuator.of(relay);
                Future<?> flow = upstream.scheduleAtFixedRate(
                        () -> fleet.produceForEach(producer, NAME, 1), 0, 50, TimeUnit.MILLISECONDS);
                flows(simulator);
                assertThat(actuator.status("tls")).isEqualTo("UP");

                // When
                identity(kafkaSecret, brokersAuthority, second, first, "the first one");
                iotdaSecret.write(Map.of("ca.crt", "nonsense"));
                await().atMost(SOON).until(() -> !reason(actuator, "kafka").isEmpty());
                await().atMost(SOON).until(() -> !reason(actuator, "iotda").isEmpty());
                proxy.reset();
                ClientCertificates.forget();
                deadLetter(kafka, producer, 1);
                flows(simulator);

                // Then
                assertThat(reason(actuator, "kafka")).contains("the private key does not belong to the certificate");
                assertThat(reason(actuator, "iotda")).contains("trust store");
                assertThat(actuator.status("tls")).isEqualTo("DOWN");
                assertThat(actuator.status("readiness")).isEqualTo("UP");
                assertThat(ClientCertificates.seen()).containsExactly(Authority.serial(first));

                // When
                String renewedAuthority = simulator.prepareAuthority();
                trust(actuator, iotdaSecret, formerAuthority + renewedAuthority);
                simulator.renewAuthority();
                flows(simulator);
                long handshakes = simulator.handshakes();
                trust(actuator, iotdaSecret, renewedAuthority);
                flows(simulator);
                kafka.password(USER, "the \"second\" one");
                identity(kafkaSecret, brokersAuthority, second, second, "the \"second\" one\n");
                await().atMost(SOON)
                        .until(() -> detail(actuator, "kafka")
                                .path("certificate")
                                .asString()
                                .equals(Authority.serial(second)));
                // A handshake that has begun with the former certificate may still end.
                await().atMost(SOON)
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofSeconds(2))
                        .until(() -> {
                            Set<String> seen = ClientCertificates.seen();
                            ClientCertificates.forget();
                            proxy.reset();
                            return seen.equals(Set.of(Authority.serial(second)));
                        });
                await().atMost(SOON).until(() -> !ClientCertificates.seen().isEmpty());
                deadLetter(kafka, producer, 2);
                flows(simulator);
                boolean unused = flow.cancel(false);
                upstream.submit(() -> {}).get();
                await().atMost(SOON).until(() -> kafka.lag(NAME, NAME) == 0);

                // Then
                Audit audit = Audit.of(fleet, simulator.ledger());
                Scene.assertDeliveredOnce(audit);
                assertThat(simulator.handshakes())
                        .as("with the new trust in the platform")
                        .isGreaterThan(handshakes);
                assertThat(ClientCertificates.seen()).isEqualTo(Set.of(Authority.serial(second)));
                assertThat(kafka.count(NAME + ".dlt")).isEqualTo(2);
                assertThat(actuator.status("tls")).isEqualTo("UP");
                assertThat(actuator.metrics())
                        .as("when the certificate expires is a metric")
                        .hasEntrySatisfying(
                                expiry(second),
                                seconds -> assertThat(seconds)
                                        .isBetween((double) Duration.ofDays(29).toSeconds(), (double)
                                                Duration.ofDays(30).toSeconds()));
            }
        }
    }

    private static String expiry(X509Bundle certificate) {
        return "ssl_chain_expiry_seconds{bundle=\"kafka\",certificate=\"" + Authority.serial(certificate)
                + "\",chain=\"ssl\",source=\"keystore\"}";
    }

    private static void identity(
            MountedSecret secret, Authority trusted, X509Bundle certificate, X509Bundle key, String password) {
        secret.write(Map.of(
                "username", USER,
                "password", password,
                "tls.crt", certificate.getCertificatePathPEM(),
                "tls.key", key.getPrivateKeyPEM(),
                "ca.crt", trusted.pem()));
    }

    /** Writes whom to trust in IoTDA's place, and waits until it is in use. */
    private static void trust(Actuator actuator, MountedSecret secret, String authorities) {
        String before = detail(actuator, "iotda").path("inUseSince").asString();
        secret.write(Map.of("ca.crt", authorities));
        await().atMost(SOON)
                .until(() ->
                        !detail(actuator, "iotda").path("inUseSince").asString().equals(before));
    }

    /** Waits until more records have arrived than could have been in flight. */
    private static void flows(Simulator simulator) {
        long before = simulator.ledger().acceptedCount();
        await().atMost(SOON).until(() -> simulator.ledger().acceptedCount() > before + 10 * DEVICES);
    }

    /** Has the producer of dead letters connect. */
    private static void deadLetter(LocalKafka kafka, Producer<byte[], byte[]> producer, int count) {
        Future<?> unused = producer.send(new ProducerRecord<>(NAME, Scene.bytes("nobody"), Scene.bytes("{")));
        await().atMost(SOON).until(() -> kafka.count(NAME + ".dlt") == count);
    }

    private static String reason(Actuator actuator, String bundle) {
        return detail(actuator, bundle).path("reason").asString("");
    }

    private static JsonNode detail(Actuator actuator, String bundle) {
        return actuator.asOperator().json("/health/tls").at("/details/bundles/" + bundle);
    }
}
