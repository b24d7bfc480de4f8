package io.iotdarelay.limits;

/** The purpose of a request. Each kind has its own circuit breaker. */
public enum RequestKind {
    REPORT,
    AUTHENTICATION
}
