package io.iotdarelay.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.iotdarelay.settings.InvalidSettingsException;
import io.iotdarelay.testing.Authority;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.ssl.SslBundle;

/** What may take the place of certificates and keys that are in use. Files are read as Spring Boot reads them. */
class CheckedSslBundlesTest {

    private static final String NAME = "kafka";
    private static final String PASSWORD = "password-of-the-store";
    private static final Authority AUTHORITY = Authority.create();
    private static final X509Bundle FIRST = AUTHORITY.issue();
    private static final X509Bundle SECOND = AUTHORITY.issue();

    @TempDir
    private Path directory = Path.of("");

    private final CheckedSslBundles bundles = new CheckedSslBundles(Instant::now);
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void begin() throws IOException {
        write(FIRST.getCertificatePathPEM(), FIRST.getPrivateKeyPEM(), AUTHORITY.pem());
    }

    @Test
    void whoKeptABundleGetsTheRenewedOne() throws Exception {
        bundles.registerBundle(NAME, pem());
        SslBundle kept = bundles.getBundle(NAME);
        assertThat(shown(kept)).isEqualTo(FIRST.getCertificate());

        write(SECOND.getCertificatePathPEM(), SECOND.getPrivateKeyPEM(), AUTHORITY.pem());
        bundles.updateBundle(NAME, pem());

        assertThat(shown(kept)).isEqualTo(SECOND.getCertificate());
        assertThat(status().certificate()).hasValue(Authority.serial(SECOND));
        assertThat(status().expires())
                .hasValue(SECOND.getCertificate().getNotAfter().toInstant());
        assertThat(status().refused()).isEmpty();
    }

    /** Kubernetes writes a mounted Secret anew at times. */
    @Test
    void filesWrittenAnewWithoutAChangeAreNoRenewal() throws Exception {
        bundles.registerBundle(NAME, pem());
        listen();
        TlsStatus before = status();

        write(FIRST.getCertificatePathPEM() + "\n", FIRST.getPrivateKeyPEM(), "\n" + AUTHORITY.pem());
        bundles.updateBundle(NAME, pem());
        assertThat(heard).isEmpty();
        assertThat(status()).isEqualTo(before);

        write(SECOND.getCertificatePathPEM(), FIRST.getPrivateKeyPEM(), AUTHORITY.pem());
        bundles.updateBundle(NAME, pem());
        assertThat(status().refused()).isPresent();
        write(FIRST.getCertificatePathPEM(), FIRST.getPrivateKeyPEM(), AUTHORITY.pem());
        bundles.updateBundle(NAME, pem());
        assertThat(heard).isEmpty();
        assertThat(status()).isEqualTo(before);
    }

    @Test
    void anotherAuthorityToTrustIsARenewal() throws Exception {
        bundles.registerBundle(NAME, pem());
        listen();

        write(
                FIRST.getCertificatePathPEM(),
                FIRST.getPrivateKeyPEM(),
                AUTHORITY.pem() + Authority.create().pem());
        bundles.updateBundle(NAME, pem());

        assertThat(heard).containsExactly(Authority.serial(FIRST));
    }

    @Test
    void storesWrittenAnewWithoutAChangeAreNoRenewal() throws Exception {
        store("keys.p12", FIRST, PASSWORD);
        store("trust.p12", null, PASSWORD);
        bundles.registerBundle(NAME, stores(PASSWORD));
        listen();

        store("keys.p12", FIRST, PASSWORD);
        bundles.updateBundle(NAME, stores(PASSWORD));
        assertThat(heard).isEmpty();

        store("keys.p12", SECOND, PASSWORD);
        bundles.updateBundle(NAME, stores(PASSWORD));
        assertThat(heard).containsExactly(Authority.serial(SECOND));
    }

    /** Such an entry has no certificate. */
    @Test
    void aStoreThatAlsoHasASecretKeyIsRenewed() throws Exception {
        store("keys.p12", FIRST, PASSWORD);
        store("trust.p12", null, PASSWORD);
        bundles.registerBundle(NAME, stores(PASSWORD));
        listen();

        store("keys.p12", SECOND, PASSWORD);
        addSecretKey("keys.p12");
        bundles.updateBundle(NAME, stores(PASSWORD));

        assertThat(status().refused()).isEmpty();
        assertThat(heard).containsExactly(Authority.serial(SECOND));
    }

    static Stream<Arguments> broken() throws Exception {
        String certificate = SECOND.getCertificatePathPEM();
        String key = SECOND.getPrivateKeyPEM();
        String trust = AUTHORITY.pem();
        X509Bundle expired = AUTHORITY.issue(Instant.now().minus(Duration.ofDays(1)));
        String rsa = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(KeyPairGenerator.getInstance("RSA")
                                .generateKeyPair()
                                .getPrivate()
                                .getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        return Stream.of(
                arguments("a certificate that is none", "nonsense", key, trust, "key store"),
                arguments("half a certificate", half(certificate), key, trust, "key store"),
                arguments("half a key", certificate, half(key), trust, "key store"),
                arguments("no key", certificate, "", trust, "key store"),
                arguments("the key of another", certificate, FIRST.getPrivateKeyPEM(), trust, "does not belong"),
                arguments("a key of another kind", certificate, rsa, trust, "does not belong"),
                arguments("nobody to trust", certificate, key, "", "trust store"),
                arguments("nonsense to trust", certificate, key, "nonsense", "trust store"),
                arguments("no file", certificate, key, null, "trust store"),
                arguments(
                        "a certificate that has expired",
                        expired.getCertificatePathPEM(),
                        expired.getPrivateKeyPEM(),
                        trust,
                        "expired"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void theFormerStaysInUseBesides(String what, String certificate, String key, @Nullable String trust, String reason)
            throws Exception {
        bundles.registerBundle(NAME, pem());
        listen();
        SslBundle kept = bundles.getBundle(NAME);

        write(certificate, key, trust);
        bundles.updateBundle(NAME, pem());

        assertThat(shown(kept)).as(what).isEqualTo(FIRST.getCertificate());
        assertThat(kept.createSslContext()).isNotNull();
        assertThat(heard).as("reported to servers and clients").isEmpty();
        assertThat(status().refused().orElseThrow()).contains(reason);
        assertThat(status().certificate()).hasValue(Authority.serial(FIRST));
        body(key).forEach(line -> assertThat(status().refused().orElseThrow()).doesNotContain(line));
    }

    @Test
    void whatWasBrokenIsUsedWhenItIsFixed() throws Exception {
        bundles.registerBundle(NAME, pem());
        listen();
        write(SECOND.getCertificatePathPEM(), FIRST.getPrivateKeyPEM(), AUTHORITY.pem());
        bundles.updateBundle(NAME, pem());

        write(SECOND.getCertificatePathPEM(), SECOND.getPrivateKeyPEM(), AUTHORITY.pem());
        bundles.updateBundle(NAME, pem());

        assertThat(heard).containsExactly(Authority.serial(SECOND));
        assertThat(status().refused()).isEmpty();
    }

    @Test
    void nothingStartsWithWhatIsBroken() throws Exception {
        write(SECOND.getCertificatePathPEM(), FIRST.getPrivateKeyPEM(), AUTHORITY.pem());

        assertThatThrownBy(() -> bundles.registerBundle(NAME, pem()))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessage(
                        "spring.ssl.bundle.pem.kafka: cannot be used: the private key does not belong to the certificate");
    }

    @Test
    void anExpiredCertificateIsNoReasonNotToStart() throws Exception {
        X509Bundle expired = AUTHORITY.issue(Instant.now().minus(Duration.ofDays(1)));
        write(expired.getCertificatePathPEM(), expired.getPrivateKeyPEM(), AUTHORITY.pem());

        bundles.registerBundle(NAME, pem());

        assertThat(status().expires().orElseThrow()).isBefore(Instant.now());
    }

    @Test
    void storesAreReadLikeFilesInPem() throws Exception {
        store("keys.p12", FIRST, PASSWORD);
        store("trust.p12", null, PASSWORD);
        bundles.registerBundle(NAME, stores(PASSWORD));
        SslBundle kept = bundles.getBundle(NAME);

        store("keys.p12", SECOND, PASSWORD);
        bundles.updateBundle(NAME, stores(PASSWORD));
        assertThat(shown(kept)).isEqualTo(SECOND.getCertificate());

        store("keys.p12", FIRST, "another");
        bundles.updateBundle(NAME, stores(PASSWORD));
        assertThat(shown(kept)).isEqualTo(SECOND.getCertificate());
        assertThat(status().refused().orElseThrow()).contains("key store").doesNotContain(PASSWORD, "another");
    }

    @Test
    void aKeyStoreWithoutAKeyIsRefused() throws Exception {
        store("keys.p12", FIRST, PASSWORD);
        store("trust.p12", null, PASSWORD);
        bundles.registerBundle(NAME, stores(PASSWORD));

        store("keys.p12", null, PASSWORD);
        bundles.updateBundle(NAME, stores(PASSWORD));

        assertThat(status().refused()).hasValue("the key store contains no private key");
    }

    @Test
    void whatNoContextCanBeMadeOfIsRefused() {
        PemSslBundleProperties properties = new PemSslBundleProperties();
        properties.getTruststore().setCertificate(location("ca.crt"));
        properties.setProtocol("nonsense");

        assertThatThrownBy(() -> bundles.registerBundle(NAME, PropertiesSslBundle.get(properties)))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("nonsense");
    }

    /** Without its password a store can be read, and seems to be empty. */
    @Test
    void aTrustStoreWithoutItsPasswordIsRefused() throws Exception {
        store("keys.p12", FIRST, PASSWORD);
        store("trust.p12", null, PASSWORD);
        JksSslBundleProperties properties = properties(PASSWORD);
        properties.getTruststore().setPassword(null);

        assertThatThrownBy(() -> bundles.registerBundle(NAME, PropertiesSslBundle.get(properties)))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("spring.ssl.bundle.jks.kafka")
                .hasMessageContaining("contains no certificate");
    }

    private void listen() {
        bundles.addBundleUpdateHandler(
                NAME,
                renewed -> heard.add(BundleCheck.certificate(renewed)
                        .orElseThrow()
                        .getSerialNumber()
                        .toString(16)));
    }

    private TlsStatus status() {
        assertThat(bundles.status()).hasSize(1);
        return bundles.status().getFirst();
    }

    private static Certificate shown(SslBundle bundle) throws GeneralSecurityException {
        KeyStore keys = Objects.requireNonNull(bundle.getStores().getKeyStore());
        return keys.getCertificate(keys.aliases().nextElement());
    }

    private static String half(String pem) {
        return pem.substring(0, pem.length() / 2);
    }

    /** What must not be shown: the lines of a key, without those that say that it is one. */
    private static List<String> body(String key) {
        return key.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("-"))
                .toList();
    }

    private void write(String certificate, String key, @Nullable String trust) throws IOException {
        Files.writeString(directory.resolve("tls.crt"), certificate);
        Files.writeString(directory.resolve("tls.key"), key);
        Path authority = directory.resolve("ca.crt");
        if (trust == null) {
            Files.delete(authority);
        } else {
            Files.writeString(authority, trust);
        }
    }

    private SslBundle pem() {
        PemSslBundleProperties properties = new PemSslBundleProperties();
        properties.getKeystore().setCertificate(location("tls.crt"));
        properties.getKeystore().setPrivateKey(location("tls.key"));
        properties.getTruststore().setCertificate(location("ca.crt"));
        return PropertiesSslBundle.get(properties);
    }

    private SslBundle stores(String password) {
        return PropertiesSslBundle.get(properties(password));
    }

    private JksSslBundleProperties properties(String password) {
        JksSslBundleProperties properties = new JksSslBundleProperties();
        properties.getKeystore().setLocation(location("keys.p12"));
        properties.getKeystore().setPassword(password);
        properties.getTruststore().setLocation(location("trust.p12"));
        properties.getTruststore().setPassword(password);
        return properties;
    }

    private String location(String name) {
        return "file:" + directory.resolve(name);
    }

    private void store(String name, @Nullable X509Bundle identity, String password)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        if (identity == null) {
            store.setCertificateEntry("ca", FIRST.getRootCertificate());
        } else {
            X509Certificate[] chain = identity.getCertificatePath();
            store.setKeyEntry("own", identity.getKeyPair().getPrivate(), password.toCharArray(), chain);
        }
        try (OutputStream out = Files.newOutputStream(directory.resolve(name))) {
            store.store(out, password.toCharArray());
        }
    }

    private void addSecretKey(String name) throws IOException, GeneralSecurityException {
        Path file = directory.resolve(name);
        KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
        store.setEntry(
                "secret",
                new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[32], "AES")),
                new KeyStore.PasswordProtection(PASSWORD.toCharArray()));
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
    }
}
