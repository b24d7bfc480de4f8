package io.iotdarelay.simulator;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** A certificate authority of its own, made at the start, and the certificates that it issues. */
final class Certificates {

    /** Nobody renews it: longer than a simulator runs. */
    private static final Duration LIFETIME = Duration.ofDays(3650);

    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL);
    private static final String[] BOTH = {"TLSv1.3", "TLSv1.2"};
    private static final String[] OLD = {"TLSv1.2"};

    private final Instant now = Instant.now();
    /** With a name of its own, as other authorities have: clients tell a wrong name from a wrong signature. */
    private final Certificate authority = Certificate.authority(
            "IoTDA simulator CA " + Integer.toHexString(new SecureRandom().nextInt()),
            now.minus(Duration.ofDays(100)),
            now.plus(LIFETIME));

    private final List<String> names;

    Certificates() {
        this(List.of("localhost", "127.0.0.1"));
    }

    /** An authority for somebody with these names. */
    Certificates(List<String> names) {
        this.names = List.copyOf(names);
    }

    /** The authority's certificate: who trusts it, trusts the simulator. */
    String authorityPem() {
        return authority.pem();
    }

    /** TLS for the names that the simulator has. */
    SslContext valid(boolean tls13) {
        return context(issue(names, now.plus(LIFETIME)), tls13);
    }

    /** TLS with a certificate of the same authority for another host. */
    SslContext forAnotherHost() {
        return context(issue(List.of("elsewhere.example"), now.plus(Duration.ofDays(30))), true);
    }

    /** TLS with a certificate that has expired. */
    SslContext expired() {
        return context(issue(names, now.minus(Duration.ofDays(1))), true);
    }

    /** TLS with a certificate of an untrusted authority. */
    SslContext untrusted() {
        return new Certificates(names).valid(true);
    }

    /** TLS with a certificate and a key that others have made, in PEM. */
    static SslContext given(Path certificate, Path key, boolean tls13) {
        try {
            return SslContextBuilder.forServer(certificate.toFile(), key.toFile())
                    .protocols(tls13 ? BOTH : OLD)
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "TLS cannot be set up with " + certificate + " and " + key + ": " + e.getMessage(), e);
        }
    }

    /** The certificates of a file in PEM, and nothing else of it: it may contain the key, too. */
    static String text(Path file) {
        try {
            return CERTIFICATE
                    .matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .results()
                    .map(found -> found.group() + "\n")
                    .collect(Collectors.joining());
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + Arguments.why(e), e);
        }
    }

    /** The same for a server that is not Netty. */
    SSLContext plainly() {
        try {
            Certificate certificate = issue(names, now.plus(Duration.ofDays(30)));
            KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
            keys.load(null, null);
            keys.setKeyEntry("server", certificate.key(), new char[0], certificate.chain());
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    private Certificate issue(List<String> hosts, Instant end) {
        Instant begin = now.isBefore(end) ? now : end;
        return authority.issue(hosts, begin.minus(Duration.ofDays(30)), end);
    }

    private static SslContext context(Certificate certificate, boolean tls13) {
        try {
            return SslContextBuilder.forServer(certificate.key(), certificate.chain())
                    .protocols(tls13 ? BOTH : OLD)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }
}
