package io.iotdarelay.iotda;

import java.util.Optional;

/**
 * An HTTP response, read up to a limit.
 *
 * @param retryAfter the header {@code Retry-After}
 * @param body the beginning of the body, in UTF-8
 */
record HttpAnswer(int status, Optional<String> retryAfter, String body) {

    /** A copy without secrets of the request, in case the server has echoed them. */
    HttpAnswer without(String secret) {
        return secret.isEmpty() || secret.length() > body.length()
                ? this
                : new HttpAnswer(status, retryAfter, body.replace(secret, "(secret)"));
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }
}
