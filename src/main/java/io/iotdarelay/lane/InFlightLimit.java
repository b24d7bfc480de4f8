package io.iotdarelay.lane;

/** How many requests may be in flight. */
public enum InFlightLimit {
    /** As many as the platform carries without queueing them, up to the maximum. */
    ADAPTIVE,

    /** The maximum. */
    STATIC
}
