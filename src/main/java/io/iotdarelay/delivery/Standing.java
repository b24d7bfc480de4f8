package io.iotdarelay.delivery;

import java.time.Duration;

/**
 * How a failing device compares with the others.
 *
 * @param failingFor how long it has had no success
 * @param othersSucceeded how many requests of other devices have succeeded meanwhile
 * @param platformIsWell whether neither the platform nor the configuration is suspected
 * @param wasSetAside whether it was set aside before, and this was a probe
 * @param hasFailedForLong whether it was set aside because it failed for long, or holds up its partition. Of a device that was refused, a
 *     probe without a response proves nothing
 */
record Standing(
        Duration failingFor,
        long othersSucceeded,
        boolean platformIsWell,
        boolean wasSetAside,
        boolean hasFailedForLong) {

    /** Fewer successes of others do not prove that the platform works. */
    private static final int ENOUGH = 10;

    /** A device that does not fail. */
    static final Standing GOOD = new Standing(Duration.ZERO, 0, true, false, false);

    /** Whether the device fails while others succeed. */
    boolean failsAlone() {
        return platformIsWell && othersSucceeded > 0;
    }

    /** Whether the device has failed alone for so long that the others on its partition must no longer wait for it. */
    boolean failsAloneForLong(Duration bound) {
        boolean isLong = failingFor.compareTo(bound) >= 0 && othersSucceeded >= ENOUGH;
        return failsAlone() && (hasFailedForLong || isLong);
    }
}
