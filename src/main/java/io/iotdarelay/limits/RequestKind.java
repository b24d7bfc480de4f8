package io.iotdarelay.limits;

/** What a request is for. Each kind has a circuit breaker of its own. */
public enum RequestKind {
    REPORT,
    AUTHENTICATION
}
