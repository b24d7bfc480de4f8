package io.iotdarelay.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/** Reads a bundle, and explains why it cannot be used. The explanation contains no key and no password. */
final class BundleCheck {

    private static final int MAX_DESCRIPTION = 300;
    private static final byte[] SOMETHING_TO_SIGN = new byte[32];

    private BundleCheck() {}

    /** What is wrong with it, regardless of the time. */
    static Optional<String> problem(SslBundle bundle) {
        try {
            KeyStore trusted = bundle.getStores().getTrustStore();
            if (trusted != null && trusted.size() == 0) {
                return Optional.of("the trust store contains no certificate");
            }
            Optional<String> wrongKey = wrongKey(bundle);
            if (wrongKey.isEmpty()) {
                SSLContext ignored = bundle.createSslContext();
            }
            return wrongKey;
        } catch (GeneralSecurityException | RuntimeException e) { // whatever it is, the bundle cannot be used
            return Optional.of(describe(e));
        }
    }

    /** Whether the certificate that is presented to others has expired. */
    static Optional<String> expiry(SslBundle sound, Instant now) {
        return certificate(sound)
                .map(certificate -> certificate.getNotAfter().toInstant())
                .filter(end -> !end.isAfter(now))
                .map(end -> "the certificate expired at " + end);
    }

    /** The certificate that is presented to others, if there is one. */
    static Optional<X509Certificate> certificate(SslBundle sound) {
        KeyStore keys = sound.getStores().getKeyStore();
        if (keys == null) {
            return Optional.empty();
        }
        try {
            for (String alias : aliases(sound, keys)) {
                if (keys.isKeyEntry(alias) && keys.getCertificate(alias) instanceof X509Certificate certificate) {
                    return Optional.of(certificate);
                }
            }
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a store that was read cannot be read", e);
        }
    }

    private static Optional<String> wrongKey(SslBundle bundle) throws GeneralSecurityException {
        KeyStore keys = bundle.getStores().getKeyStore();
        if (keys == null) {
            return Optional.empty();
        }
        char[] password = password(bundle);
        boolean found = false;
        for (String alias : aliases(bundle, keys)) {
            Key key = keys.isKeyEntry(alias) ? keys.getKey(alias, password) : null;
            if (key instanceof PrivateKey own) {
                found = true;
                if (!belongTogether(own, keys.getCertificate(alias).getPublicKey())) {
                    return Optional.of("the private key does not belong to the certificate");
                }
            }
        }
        return found ? Optional.empty() : Optional.of("the key store contains no private key");
    }

    private static List<String> aliases(SslBundle bundle, KeyStore keys) throws GeneralSecurityException {
        String alias = bundle.getKey().getAlias();
        return alias == null ? Collections.list(keys.aliases()) : List.of(alias);
    }

    /** That of the bundle's keys. */
    static char @Nullable [] password(SslBundle bundle) {
        String password = bundle.getKey().getPassword();
        if (password == null) {
            password = bundle.getStores().getKeyStorePassword();
        }
        return password == null ? null : password.toCharArray();
    }

    private static boolean belongTogether(PrivateKey own, PublicKey certified) throws GeneralSecurityException {
        String algorithm = switch (own.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> "";
        };
        if (algorithm.isEmpty()) {
            return true; // a kind that cannot be tried; the other side will
        }
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(own);
            signature.update(SOMETHING_TO_SIGN);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(SOMETHING_TO_SIGN);
            return signature.verify(signed);
        } catch (InvalidKeyException e) {
            return false; // of another kind than the certificate
        }
    }

    /** Short, and on one line. Spring Boot names the store and its location. */
    private static String describe(Exception failure) {
        String line = String.valueOf(failure.getMessage()).replaceAll("\\p{Cntrl}", " ");
        return line.length() <= MAX_DESCRIPTION ? line : line.substring(0, MAX_DESCRIPTION) + "...";
    }
}
