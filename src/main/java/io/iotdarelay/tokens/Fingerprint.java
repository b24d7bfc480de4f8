package io.iotdarelay.tokens;

import io.iotdarelay.telemetry.DeviceCredentials;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;

/**
 * Says which credentials a token was fetched with: half of an HMAC-SHA256. Without the key, not even a weak secret can be guessed
 * from it.
 */
record Fingerprint(long high, long low) {

    static Fingerprint of(TokenKey key, DeviceCredentials credentials) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key.fingerprinting());
            mac.update(credentials.device().value().getBytes(StandardCharsets.US_ASCII));
            mac.update((byte) 0); // a device ID has none
            ByteBuffer whole =
                    ByteBuffer.wrap(mac.doFinal(credentials.secret().value().getBytes(StandardCharsets.UTF_8)));
            return new Fingerprint(whole.getLong(), whole.getLong());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        }
    }
}
