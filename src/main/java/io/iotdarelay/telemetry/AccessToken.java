package io.iotdarelay.telemetry;

/**
 * The token that the platform gave a device to report with: opaque, 1 to 256 visible ASCII characters, so that it can be an
 * HTTP header and nothing else. It is never printed.
 */
public record AccessToken(String value) {

    private static final int MAX_LENGTH = 256;

    public AccessToken {
        if (!isValid(value)) {
            throw new IllegalArgumentException("an access token has 1 to 256 visible ASCII characters");
        }
    }

    /** Whether this could be a token. */
    public static boolean isValid(String value) {
        return !value.isEmpty() && value.length() <= MAX_LENGTH && value.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    @Override
    public String toString() {
        return "(access token)";
    }
}
