package io.iotdarelay.telemetry;

/** Which of a device's waiting reports are sent. */
public enum Keep {
    /** All of them. */
    ALL,

    /** The latest of each service. */
    LATEST
}
