package io.iotdarelay.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * The platform's response when it did not accept a request.
 *
 * @param status the HTTP status
 * @param errorCode the platform's {@code error_code}, if the body had one
 * @param excerpt the beginning of the body, at most 1 KB
 */
public record PlatformAnswer(int status, @Nullable String errorCode, String excerpt) {

    /** The maximum length of an excerpt, in characters. */
    public static final int MAX_EXCERPT = 1024;

    public PlatformAnswer {
        if (excerpt.length() > MAX_EXCERPT) {
            throw new IllegalArgumentException("an excerpt has at most " + MAX_EXCERPT + " characters");
        }
    }
}
