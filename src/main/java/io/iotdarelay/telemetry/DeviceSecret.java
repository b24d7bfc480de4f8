package io.iotdarelay.telemetry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A device's secret. It is never printed.
 *
 * @param utf8 not as text, which would take 24 bytes more for each of a million devices; shared, and not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its content, see below
public record DeviceSecret(byte[] utf8) {

    public DeviceSecret {
        if (utf8.length == 0) {
            throw new IllegalArgumentException("a device secret is not empty");
        }
    }

    public DeviceSecret(String value) {
        this(value.getBytes(StandardCharsets.UTF_8));
    }

    public String value() {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** In a time that does not depend on how much of the two is equal. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeviceSecret secret && MessageDigest.isEqual(utf8, secret.utf8);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(utf8);
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
