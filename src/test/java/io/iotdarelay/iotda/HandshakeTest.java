package io.iotdarelay.iotda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.PlatformContact;
import io.iotdarelay.platform.PlatformContact.Trouble;
import io.iotdarelay.simulator.Impostor;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Authority;
import io.iotdarelay.tracing.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The first contact against the simulator, over real TLS. */
@Timeout(60)
class HandshakeTest {

    private final Simulator simulator = Simulator.start();

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void reachesThePlatformAndSendsNothing() {
        try (IotdaClients clients = clients(simulator.endpoint(), trust());
                PlatformContact contact = begin(clients)) {
            await().until(() -> contact.trouble().isEmpty());

            // The client has finished its part of a handshake before the server has.
            await().untilAsserted(() -> assertThat(simulator.handshakes()).isOne());
            assertThat(simulator.ledger().requestCount()).isZero();
        }
    }

    @Test
    void saysWhatIsWrongWithACertificate() {
        simulator.presentCertificateOfAnotherHost();
        assertTrouble(simulator.endpoint(), "the certificate is for another host", true);
        simulator.presentExpiredCertificate();
        assertTrouble(simulator.endpoint(), "the certificate has expired", true);
        simulator.presentUntrustedCertificate();
        assertTrouble(simulator.endpoint(), "the certificate is not signed by a trusted authority", true);
        assertThat(simulator.ledger().requestCount()).isZero();
    }

    @Test
    void usesTheTrustThatIsInUseAtTheTime() {
        TrustManagerFactory other = TrustIn.authority(Authority.create().pem());
        try (IotdaClients clients = clients(simulator.endpoint(), other);
                PlatformContact contact = begin(clients)) {
            awaitTrouble(contact, "the certificate is not signed by a trusted authority", true);

            clients.trust(trust());
            await().until(() -> contact.trouble().isEmpty());
        }
    }

    @Test
    void reportsThatNobodyIsThereAndContinuesWhenSomebodyIs() {
        simulator.refuseConnections();
        try (IotdaClients clients = clients(simulator.endpoint(), trust());
                PlatformContact contact = begin(clients)) {
            awaitTrouble(contact, "Connection refused", false);

            simulator.acceptConnections();
            await().until(() -> contact.trouble().isEmpty());
        }
    }

    @Test
    void saysThatANameCannotBeResolved() {
        assertTrouble("https://no-such-host.invalid", "cannot resolve no-such-host.invalid", false);
    }

    @Test
    void saysThatAPortDoesNotSpeakTls() {
        try (Impostor plain = Impostor.inTheClear("HTTP/1.1 400 Bad Request\r\n\r\n")) {
            assertTrouble(plain.endpoint(), "the server does not speak TLS", true);
        }
    }

    @Test
    void saysThatAServerDoesNotAnswerInTime() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            assertTrouble("https://localhost:" + mute.getLocalPort(), "timed out", false);
        }
    }

    private void assertTrouble(String endpoint, String reason, boolean misconfigured) {
        try (IotdaClients clients = clients(endpoint, trust());
                PlatformContact contact = begin(clients)) {
            awaitTrouble(contact, reason, misconfigured);
        }
    }

    private static void awaitTrouble(PlatformContact contact, String reason, boolean misconfigured) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(contact.trouble()).hasValueSatisfying(trouble -> {
                    assertThat(trouble.detail()).contains(reason).hasSizeLessThan(500);
                    assertThat(trouble.misconfigured()).isEqualTo(misconfigured);
                }));
    }

    private static PlatformContact begin(IotdaClients clients) {
        PlatformContact contact = clients.contact(new Random(1));
        assertThat(contact.trouble()).map(Trouble::misconfigured).isEqualTo(Optional.of(false));
        contact.begin();
        return contact;
    }

    private TrustManagerFactory trust() {
        return TrustIn.authority(simulator.certificateAuthority());
    }

    private static IotdaClients clients(String endpoint, TrustManagerFactory trust) {
        return new IotdaClients(
                new IotdaProperties(
                        URI.create(endpoint),
                        null,
                        0,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(10),
                        4,
                        null),
                2,
                trust,
                new RequestMeters(new SimpleMeterRegistry()),
                Tracing.OFF,
                Clock.systemUTC(),
                System::nanoTime);
    }
}
