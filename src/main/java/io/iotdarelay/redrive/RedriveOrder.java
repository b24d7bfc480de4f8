package io.iotdarelay.redrive;

/**
 * What an operator wants to have sent again.
 *
 * @param onlyIfNothingNewer only letters of devices that have had nothing delivered since the letter was written, as far as that is known
 * @param perSecond how many a second
 * @param most how many at most: the oldest
 */
public record RedriveOrder(LetterFilter filter, boolean onlyIfNothingNewer, int perSecond, int most) {

    public static final int LARGEST = 100_000;
    public static final int USUAL = 10_000;
}
