package io.iotdarelay.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * A device's name on the platform: 1 to 128 ASCII letters, digits, {@code _} and {@code -}. Nothing else may become part of
 * a URL, so a device ID is validated when it is created.
 *
 * <p>IDs are comparable, so that lookups in a map stay fast even if many hash codes were made to collide.
 */
public record DeviceId(String value) implements Comparable<DeviceId> {

    /** The platform's limit, in characters. */
    public static final int MAX_LENGTH = 128;

    public DeviceId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("a device ID has 1 to 128 letters, digits, '_' or '-'");
        }
    }

    /** Whether this can be the ID of a device on the platform. */
    public static boolean isValid(String value) {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (!isAllowed(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }

    // Written out, because every request looks its device up in several maps, and the generated ones are slower.

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof DeviceId id && value.equals(id.value));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public int compareTo(DeviceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
