package io.iotdarelay.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all verbs need: which relay, who asks, and how it is shown. */
final class RelayOptions {

    private static final int USUAL_SECONDS = 10;
    private static final int MOST_SECONDS = 3600;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The relay's address; by default IOTDA_RELAY_URL, or http://localhost:8080.")
    private @Nullable String url;

    @Option(names = "--user", paramLabel = "NAME", description = "Who asks; by default IOTDA_RELAY_USER, or operator.")
    private @Nullable String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "A file with the password; by default it is IOTDA_RELAY_PASSWORD.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "Certificates (PEM) of the authorities to trust, instead of the usual ones.")
    private @Nullable Path caFile;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long an answer may take: 1 to 3600, by default 10; a dry run of a redrive 120.")
    private @Nullable Integer timeout;

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            description =
                    "group or instance: who answers, where the relay can answer for its group. By default the relay decides.")
    private @Nullable String scope;

    @Option(names = "--json", description = "Print the answer as it is: one JSON document.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help, and exit.")
    @SuppressWarnings("UnusedVariable") // picocli prints the help
    private boolean help;

    boolean json() {
        return json;
    }

    /** How long an answer may take. */
    Duration patience(int usualSeconds) {
        return Duration.ofSeconds(timeout == null ? usualSeconds : timeout);
    }

    Duration patience() {
        return patience(USUAL_SECONDS);
    }

    /** Connects to nothing yet. */
    RelayApi open(Terminal terminal) throws UsageException {
        if (timeout != null && (timeout < 1 || timeout > MOST_SECONDS)) {
            throw new UsageException("--timeout is from 1 to " + MOST_SECONDS);
        }
        if (scope != null && !Set.of("group", "instance").contains(scope)) {
            throw new UsageException("--scope is group or instance");
        }
        URI relay = relay(terminal);
        return switch (Credentials.find(user, passwordFile, terminal, relay)) {
            case Credentials.Unusable unusable -> throw new UsageException(unusable.why());
            case Credentials usable -> new RelayApi(relay, usable, tls(relay), patience(), scope);
        };
    }

    private URI relay(Terminal terminal) throws UsageException {
        String text = url != null
                ? url
                : Objects.requireNonNullElse(terminal.variable("IOTDA_RELAY_URL"), "http://localhost:8080");
        String form = (url != null ? "--url" : "IOTDA_RELAY_URL") + " is an address such as http://localhost:8080";
        try {
            URI uri = new URI(text.replaceFirst("/+\\z", "").replaceFirst("/actuator\\z", ""));
            if (uri.getRawUserInfo() != null
                    || Objects.toString(uri.getRawAuthority(), "").contains("@")) {
                throw new UsageException("an address has no user and no password: see --user and --password-file");
            }
            if (uri.getHost() == null
                    || !Set.of("http", "https")
                            .contains(Objects.toString(uri.getScheme(), "").toLowerCase(Locale.ROOT))
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null) {
                throw new UsageException(form);
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new UsageException(form); // its message would repeat what may be a password
        }
    }

    private SSLContext tls(URI relay) throws UsageException {
        try {
            if (!"https".equalsIgnoreCase(relay.getScheme())) {
                return new NoTls();
            }
            if (caFile == null) {
                return SSLContext.getDefault();
            }
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            try (InputStream in = Files.newInputStream(caFile)) {
                int number = 0;
                for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    trusted.setCertificateEntry("ca-" + number++, each);
                }
            }
            if (trusted.size() == 0) {
                throw new UsageException(caFile + " has no certificates");
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext own = SSLContext.getInstance("TLS");
            own.init(null, managers.getTrustManagers(), null);
            return own;
        } catch (IOException | GeneralSecurityException e) {
            throw new UsageException("the certificates of " + caFile + " cannot be used: "
                    + e.getClass().getSimpleName());
        }
    }
}
