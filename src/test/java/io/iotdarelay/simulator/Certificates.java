package io.iotdarelay.simulator;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;

/** A certificate authority of its own, made at the start, and the certificates that it issues. */
final class Certificates {

    private final X509Bundle authority = selfSigned("CN=IoTDA simulator CA");

    /** The authority's certificate: who trusts it, trusts the simulator. */
    String authorityPem() {
        return authority.getCertificatePEM();
    }

    /** TLS for the names that the simulator has. */
    SslContext valid(boolean tls13) {
        return context(issue("localhost", Instant.now().plus(Duration.ofDays(30))), tls13);
    }

    /** TLS with a certificate of the same authority for another host. */
    SslContext forAnotherHost() {
        return context(issue("elsewhere.example", Instant.now().plus(Duration.ofDays(30))), true);
    }

    /** TLS with a certificate that has expired. */
    SslContext expired() {
        return context(issue("localhost", Instant.now().minus(Duration.ofDays(1))), true);
    }

    /** TLS with a certificate of an untrusted authority. */
    SslContext untrusted() {
        return context(new Certificates().issue("localhost", Instant.now().plus(Duration.ofDays(30))), true);
    }

    /** The same for a server that is not Netty. */
    SSLContext plainly() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    issue("localhost", Instant.now().plus(Duration.ofDays(30)))
                            .toKeyManagerFactory()
                            .getKeyManagers(),
                    null,
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    private X509Bundle issue(String host, Instant end) {
        try {
            CertificateBuilder builder = new CertificateBuilder()
                    .subject("CN=" + host)
                    .ecp256()
                    .notBefore(end.minus(Duration.ofDays(60)))
                    .notAfter(end)
                    .addSanDnsName(host)
                    .addExtendedKeyUsageServerAuth();
            return (host.equals("localhost") ? builder.addSanIpAddress("127.0.0.1") : builder).buildIssuedBy(authority);
        } catch (Exception e) {
            throw new IllegalStateException("a certificate cannot be made", e);
        }
    }

    private static X509Bundle selfSigned(String subject) {
        try {
            return new CertificateBuilder()
                    .subject(subject)
                    .ecp256()
                    .setIsCertificateAuthority(true)
                    .notBefore(Instant.now().minus(Duration.ofDays(100)))
                    .notAfter(Instant.now().plus(Duration.ofDays(100)))
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException("a certificate authority cannot be made", e);
        }
    }

    private static SslContext context(X509Bundle certificate, boolean tls13) {
        try {
            return SslContextBuilder.forServer(certificate.getKeyPair().getPrivate(), certificate.getCertificatePath())
                    .protocols(tls13 ? new String[] {"TLSv1.3", "TLSv1.2"} : new String[] {"TLSv1.2"})
                    .build();
        } catch (Exception e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }
}
