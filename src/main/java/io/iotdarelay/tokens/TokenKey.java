package io.iotdarelay.tokens;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key from a file, as the two keys that are derived from it. Never printed.
 *
 * @param sealing encrypts, with AES-256
 * @param fingerprinting for the HMAC of credentials
 */
record TokenKey(String id, SecretKey sealing, SecretKey fingerprinting) {

    /** In bytes. */
    static final int SIZE = 32;

    /** Derives both keys, so that no key serves two purposes. */
    static TokenKey of(String id, byte[] content) {
        return new TokenKey(
                id,
                derive(content, "AES", "iotda-relay token encryption"),
                derive(content, "HmacSHA256", "iotda-relay credentials fingerprint"));
    }

    private static SecretKey derive(byte[] content, String algorithm, String purpose) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            algorithm,
                            HKDFParameterSpec.expandOnly(
                                    new SecretKeySpec(content, "HKDF"),
                                    purpose.getBytes(StandardCharsets.US_ASCII),
                                    SIZE));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HKDF", e);
        }
    }

    @Override
    public String toString() {
        return "(token key " + id + ")";
    }
}
