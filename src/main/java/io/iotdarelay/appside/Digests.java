package io.iotdarelay.appside;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The JDK's digests, in hexadecimal digits. */
final class Digests {

    private static final String HMAC = "HmacSHA256";

    private Digests() {}

    static String sha256(byte[] bytes) {
        try {
            return digits(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    static String hmacSha256(String key, String text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(utf8(key), HMAC));
            return digits(mac.doFinal(utf8(text)));
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    /** RFC 5869 with SHA-256. */
    static String hkdfSha256(String salt, String secret, String info, int bytes) {
        try {
            return digits(KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addSalt(utf8(salt))
                            .addIKM(utf8(secret))
                            .thenExpand(utf8(info), bytes)));
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private static IllegalStateException missing(GeneralSecurityException e) {
        return new IllegalStateException("every JDK has SHA-256, HMAC and HKDF with it", e);
    }

    private static String digits(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
