package io.iotdarelay.iotda;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.platform.PlatformContact.Trouble;
import io.iotdarelay.simulator.Impostor;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;

/** What a bundle with few certificates trusts: {@code docs/network.md} promises it. */
@Timeout(60)
class PinnedCertificateTest {

    private static final X509Bundle AUTHORITY = authority();
    private static final X509Bundle SERVER = issue(AUTHORITY, "localhost", Duration.ofDays(30));

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aPinnedAuthorityVouchesForItsCertificatesAlone() throws Exception {
        String pinned = AUTHORITY.getCertificatePEM();

        assertThat(trouble(SERVER, pinned)).isEmpty();
        assertThat(trouble(issue(AUTHORITY, "localhost", Duration.ofDays(1)), pinned))
                .isEmpty();
        assertUntrusted(issue(authority(), "localhost", Duration.ofDays(30)), pinned);
    }

    @Test
    void aPinnedCertificateStandsForItselfAlone() throws Exception {
        String pinned = SERVER.getCertificatePEM();

        assertThat(trouble(SERVER, pinned)).isEmpty();
        assertUntrusted(issue(AUTHORITY, "localhost", Duration.ofDays(30)), pinned);
    }

    @Test
    void theNextCertificateMayBePinnedBesides() throws Exception {
        X509Bundle next = issue(AUTHORITY, "localhost", Duration.ofDays(60));
        String pinned = SERVER.getCertificatePEM() + next.getCertificatePEM();

        assertThat(trouble(SERVER, pinned)).isEmpty();
        assertThat(trouble(next, pinned)).isEmpty();
    }

    @Test
    void aPinnedCertificateMustBeForTheHost() throws Exception {
        X509Bundle other = issue(AUTHORITY, "elsewhere.example", Duration.ofDays(30));

        assertThat(trouble(other, other.getCertificatePEM())).hasValueSatisfying(trouble -> {
            assertThat(trouble.detail()).contains("the certificate is for another host");
            assertThat(trouble.misconfigured()).isTrue();
        });
    }

    /** Java does not ask for the dates of a certificate that is trusted itself. */
    @Test
    void aPinnedCertificateIsTrustedAfterItsEnd() throws Exception {
        X509Bundle expired = issue(AUTHORITY, "localhost", Duration.ofDays(-1));

        assertThat(trouble(expired, expired.getCertificatePEM())).isEmpty();
        assertThat(trouble(expired, AUTHORITY.getCertificatePEM()))
                .hasValueSatisfying(trouble -> assertThat(trouble.detail()).contains("the certificate has expired"));
    }

    @Test
    void nobodyIsAskedWhetherACertificateWasRevoked() throws Exception {
        try (Impostor list = Impostor.inTheClear("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")) {
            URI where =
                    URI.create("http://127.0.0.1:" + URI.create(list.endpoint()).getPort() + "/revoked.crl");
            X509Bundle revocable = certificate("localhost", Duration.ofDays(30))
                    .addCrlDistributionPoint(where)
                    .buildIssuedBy(AUTHORITY);

            assertThat(trouble(revocable, AUTHORITY.getCertificatePEM())).isEmpty();
            assertThat(list.requests()).isZero();
        }
    }

    private void assertUntrusted(X509Bundle server, String pinned) throws Exception {
        assertThat(trouble(server, pinned)).hasValueSatisfying(trouble -> {
            assertThat(trouble.detail()).contains("not signed by a trusted authority");
            assertThat(trouble.misconfigured()).isTrue();
        });
    }

    /** What keeps a client that trusts the pinned certificates from a server that shows another. */
    private Optional<Trouble> trouble(X509Bundle shown, String pinned) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown.toKeyManagerFactory().getKeyManagers(), null, null);
        try (SSLServerSocket server = (SSLServerSocket)
                        context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
                IotdaClients clients = TestClients.of("https://localhost:" + server.getLocalPort())
                        .trusting(trust(pinned))
                        .start()) {
            Thread unused = Thread.ofVirtual().start(() -> accept(server));
            return new Asking(clients).contact();
        }
    }

    private static void accept(SSLServerSocket server) {
        try (SSLSocket client = (SSLSocket) server.accept()) {
            client.startHandshake();
            int unused = client.getInputStream().read();
        } catch (IOException e) {
            // The client has seen enough.
        }
    }

    /** As users configure it. */
    private TrustManagerFactory trust(String pinned) throws IOException {
        PemSslBundleProperties properties = new PemSslBundleProperties();
        properties.getTruststore().setCertificate("file:" + Files.writeString(directory.resolve("pinned.pem"), pinned));
        return Objects.requireNonNull(
                PropertiesSslBundle.get(properties).getManagers().getTrustManagerFactory());
    }

    private static X509Bundle authority() {
        try {
            return new CertificateBuilder()
                    .subject("CN=authority of a test")
                    .ecp256()
                    .setIsCertificateAuthority(true)
                    .notBefore(Instant.now().minus(Duration.ofDays(100)))
                    .notAfter(Instant.now().plus(Duration.ofDays(100)))
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Bundle issue(X509Bundle issuer, String host, Duration left) {
        try {
            return certificate(host, left).buildIssuedBy(issuer);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static CertificateBuilder certificate(String host, Duration left) {
        return new CertificateBuilder()
                .subject("CN=" + host)
                .ecp256()
                .notBefore(Instant.now().minus(Duration.ofDays(60)))
                .notAfter(Instant.now().plus(left))
                .addSanDnsName(host)
                .addExtendedKeyUsageServerAuth();
    }
}
