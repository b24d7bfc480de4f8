package io.iotdarelay.simulator;

/** How a call that exceeds a rate is refused. Which of them the application side uses is not published. */
public enum Throttling {
    /** The error that the platform documents for its other side: 403 {@code IOTDA.021101}. */
    FORBIDDEN,
    /** A 429 without any hint. */
    TOO_MANY,
    /** A 429 that asks for a pause of a second. */
    RETRY_AFTER,
    /** A 429 in the form of the gateway before the platform. */
    GATEWAY;

    private static final int TOO_MANY_REQUESTS = 429;

    Reply reply() {
        return switch (this) {
            case FORBIDDEN -> Errors.rateLimit();
            case TOO_MANY -> Reply.empty(TOO_MANY_REQUESTS);
            case RETRY_AFTER -> Reply.empty(TOO_MANY_REQUESTS).with("Retry-After", "1");
            case GATEWAY -> Reply.error(TOO_MANY_REQUESTS, "APIGW.0308", "The throttling threshold has been reached.");
        };
    }
}
