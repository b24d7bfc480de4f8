package io.iotdarelay.appside;

import java.util.Optional;

/**
 * A response before it is understood. Its body may contain secrets.
 *
 * @param tooLong whether the body is left out because it is longer than any that is expected
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HttpReply(int status, byte[] body, Optional<String> retryAfter, boolean tooLong) {

    /** A longer answer is none that anybody meant. */
    static final int MAX_BODY = 4 * 1024 * 1024;

    @Override
    public String toString() {
        return "HTTP " + status;
    }
}
