package io.iotdarelay.iotda;

import io.iotdarelay.telemetry.DeviceSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The password of an authentication: HMAC-SHA256 in lower-case hexadecimal digits, with the hour as its <em>key</em> and the
 * device's secret as its message. The request contains the same hour.
 *
 * @param timestamp the hour in UTC, {@code yyyyMMddHH}
 * @param password 64 digits; as sensitive as the secret, and never printed
 */
record Signature(String timestamp, String password) {

    private static final String ALGORITHM = "HmacSHA256";
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("uuuuMMddHH").withZone(ZoneOffset.UTC);

    static Signature of(DeviceSecret secret, Instant now) {
        String hour = HOUR.format(now);
        return new Signature(hour, password(hour, secret));
    }

    static String password(String timestamp, DeviceSecret secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(timestamp.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(secret.utf8()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "Signature[timestamp=" + timestamp + ", password=(secret)]";
    }
}
