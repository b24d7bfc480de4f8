package io.iotdarelay.simulator;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate (RFC 5280) with its key, on P-256. The JDK reads certificates, but makes none.
 *
 * @param issuer who has signed it; null for itself
 */
record Certificate(
        X509Certificate certificate,
        PrivateKey key,
        @Nullable Certificate issuer) {

    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String SUBJECT_KEY_ID = "2.5.29.14";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String AUTHORITY_KEY_ID = "2.5.29.35";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String SERVER = "1.3.6.1.5.5.7.3.1";
    private static final int KEY_ID_LENGTH = 20;

    /** What a certificate says, but for its key. */
    private record Content(String subject, List<String> names, Instant from, Instant to, boolean authority) {}

    static Certificate authority(String name, Instant from, Instant to) {
        return make(new Content(name, List.of(), from, to, true), null);
    }

    /** A server's certificate for names and IPv4 addresses. */
    Certificate issue(List<String> names, Instant from, Instant to) {
        return make(new Content(names.getFirst(), names, from, to, false), this);
    }

    /** It and who has signed it, which a server presents. */
    X509Certificate[] chain() {
        return issuer == null
                ? new X509Certificate[] {certificate}
                : new X509Certificate[] {certificate, issuer.certificate()};
    }

    String pem() {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Certificate make(Content content, @Nullable Certificate issuer) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            byte[] signed = signed(content, keys, issuer);
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(issuer == null ? keys.getPrivate() : issuer.key());
            signature.update(signed);
            byte[] encoded = Der.sequence(signed, algorithm(), Der.bits(0, signature.sign()));
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
            return new Certificate(certificate, keys.getPrivate(), issuer);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate cannot be made", e);
        }
    }

    private static byte[] signed(Content content, KeyPair keys, @Nullable Certificate issuer)
            throws GeneralSecurityException {
        byte[] subject = name(content.subject());
        byte[] keyId = keyId(keys.getPublic().getEncoded());
        byte[] issuerKeyId = issuer == null
                ? keyId
                : keyId(issuer.certificate().getPublicKey().getEncoded());
        return Der.sequence(
                Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(120, new SecureRandom()).setBit(120)),
                algorithm(),
                issuer == null
                        ? subject
                        : issuer.certificate().getSubjectX500Principal().getEncoded(),
                Der.sequence(Der.time(content.from()), Der.time(content.to())),
                subject,
                keys.getPublic().getEncoded(),
                Der.tagged(0xa3, Der.sequence(extensions(content, keyId, issuerKeyId))));
    }

    private static byte[][] extensions(Content content, byte[] keyId, byte[] issuerKeyId) {
        List<byte[]> extensions = new ArrayList<>();
        extensions.add(critical(BASIC_CONSTRAINTS, content.authority() ? Der.sequence(Der.yes()) : Der.sequence()));
        // To sign certificates and lists of revoked ones; or to sign.
        extensions.add(critical(
                KEY_USAGE, content.authority() ? Der.bits(1, new byte[] {6}) : Der.bits(7, new byte[] {(byte) 0x80})));
        extensions.add(extension(SUBJECT_KEY_ID, Der.octets(keyId)));
        extensions.add(extension(AUTHORITY_KEY_ID, Der.sequence(Der.tagged(0x80, issuerKeyId))));
        if (!content.authority()) {
            extensions.add(extension(EXTENDED_KEY_USAGE, Der.sequence(Der.identifier(SERVER))));
            extensions.add(extension(
                    ALTERNATIVE_NAMES,
                    Der.sequence(content.names().stream()
                            .map(Certificate::alternative)
                            .toArray(byte[][]::new))));
        }
        return extensions.toArray(byte[][]::new);
    }

    private static byte[] alternative(String name) {
        if (!name.matches("\\d+(\\.\\d+){3}")) {
            return Der.tagged(0x82, name.getBytes(StandardCharsets.US_ASCII));
        }
        String[] parts = name.split("\\.", -1);
        byte[] address = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            address[i] = (byte) Integer.parseInt(parts[i]);
        }
        return Der.tagged(0x87, address);
    }

    private static byte[] critical(String identifier, byte[] value) {
        return Der.sequence(Der.identifier(identifier), Der.yes(), Der.octets(value));
    }

    private static byte[] extension(String identifier, byte[] value) {
        return Der.sequence(Der.identifier(identifier), Der.octets(value));
    }

    private static byte[] algorithm() {
        return Der.sequence(Der.identifier(ECDSA_WITH_SHA256));
    }

    private static byte[] name(String commonName) {
        return Der.sequence(Der.set(Der.sequence(Der.identifier(COMMON_NAME), Der.text(commonName))));
    }

    private static byte[] keyId(byte[] publicKey) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(publicKey);
        return Arrays.copyOf(digest, KEY_ID_LENGTH);
    }
}
