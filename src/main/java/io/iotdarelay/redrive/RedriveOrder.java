package io.iotdarelay.redrive;

/**
 * What an operator wants to have sent again.
 *
 * @param onlyIfNothingNewer only letters of devices that have had nothing newer delivered, and no live record under way; what is not known is left
 * @param perSecond how many a second
 * @param most how many at most: those whose records stood first in their source partitions
 */
public record RedriveOrder(LetterFilter filter, boolean onlyIfNothingNewer, int perSecond, int most) {

    public static final int LARGEST = 100_000;
    public static final int USUAL = 10_000;
}
