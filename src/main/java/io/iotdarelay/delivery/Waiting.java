package io.iotdarelay.delivery;

/** What a lane waits for. */
enum Waiting {
    /** Company for the next request. */
    LINGER,
    /** A token. */
    TOKEN,
    /** A slot for a request. */
    SLOT,
    /** The quota. */
    QUOTA,
    /** The next attempt after a failure of the platform. */
    RETRY,
    /** The next attempt after the device was refused for itself, or throttled. */
    BACKOFF,
    /** A breaker that is open. */
    GATE
}
