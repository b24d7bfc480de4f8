package io.iotdarelay.telemetry;

/**
 * How much of a bound one partition may use: dynamic thresholds, known from switches with shared buffers. A partition may hold at most
 * twice the room that is still free. One busy partition alone gets two thirds of the bound, n busy ones 2/(1+2n) each, and there is always
 * room left for one that wakes up. Fixed shares would give a single busy one of a hundred only a hundredth.
 *
 * @param free how much of the bound is free
 */
public record FairShare(long free) {

    private static final int SHARE_OF_FREE = 2;

    /** The most that a partition may hold. */
    public long most() {
        return SHARE_OF_FREE * free;
    }
}
