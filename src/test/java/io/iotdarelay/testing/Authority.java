package io.iotdarelay.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;

/** A certificate authority of its own, and certificates for servers and clients on this machine. */
public final class Authority {

    private final X509Bundle own;

    private Authority(X509Bundle own) {
        this.own = own;
    }

    public static Authority create() {
        try {
            return new Authority(new CertificateBuilder()
                    .subject("CN=authority of a test")
                    .ecp256()
                    .setIsCertificateAuthority(true)
                    .notBefore(Instant.now().minus(Duration.ofDays(100)))
                    .notAfter(Instant.now().plus(Duration.ofDays(100)))
                    .buildSelfSigned());
        } catch (Exception e) {
            throw new IllegalStateException("a certificate authority cannot be made", e);
        }
    }

    /** Its certificate, for those who trust it. */
    public String pem() {
        return own.getCertificatePEM();
    }

    /** A certificate that is good for a month. */
    public X509Bundle issue() {
        return issue(Instant.now().plus(Duration.ofDays(30)));
    }

    public X509Bundle issue(Instant end) {
        try {
            return new CertificateBuilder()
                    .subject("CN=localhost")
                    .ecp256()
                    .notBefore(end.minus(Duration.ofDays(60)))
                    .notAfter(end)
                    .addSanDnsName("localhost")
                    .addSanIpAddress("127.0.0.1")
                    .addExtendedKeyUsageServerAuth()
                    .addExtendedKeyUsageClientAuth()
                    .buildIssuedBy(own);
        } catch (Exception e) {
            throw new IllegalStateException("a certificate cannot be made", e);
        }
    }

    /** How the relay names a certificate. */
    public static String serial(X509Bundle issued) {
        return issued.getCertificate().getSerialNumber().toString(16);
    }
}
