package io.iotdarelay.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Verifies the password of an authentication: HMAC-SHA256, keyed with the hour, over the secret, in lower-case digits. */
final class Passwords {

    private Passwords() {}

    static boolean matches(String password, String timestamp, String secret) {
        byte[] expected = expected(timestamp, secret).getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(expected, password.getBytes(StandardCharsets.US_ASCII));
    }

    static String expected(String timestamp, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(timestamp.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            StringBuilder digits = new StringBuilder();
            for (byte b : mac.doFinal(secret.getBytes(StandardCharsets.UTF_8))) {
                digits.append(Character.forDigit((b >> 4) & 0xf, 16)).append(Character.forDigit(b & 0xf, 16));
            }
            return digits.toString();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What sign_type 1 asks for; the documents do not say how much the clocks may differ. */
    static boolean isWithin(String timestamp, Duration tolerance, Clock clock) {
        try {
            Instant hour = LocalDateTime.parse(timestamp + "00", DateTimeFormatter.ofPattern("uuuuMMddHHmm"))
                    .toInstant(ZoneOffset.UTC);
            Instant now = clock.instant();
            return !hour.plus(Duration.ofHours(1)).plus(tolerance).isBefore(now)
                    && !hour.minus(tolerance).isAfter(now);
        } catch (DateTimeException e) {
            return false;
        }
    }
}
