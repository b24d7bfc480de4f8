package io.iotdarelay.tokens;

/**
 * An instance announces that it authenticates a device, announces it again while that takes long, or gives it up.
 *
 * @param instance the process that does
 * @param number which of its claims it is
 * @param replaces when the newest token that it knew of was fetched; 0: none
 * @param at when it was made, in milliseconds since 1970
 * @param isOver whether it is given up
 */
record Claim(long instance, long number, long replaces, long at, boolean isOver) {

    boolean isSameAs(Claim other) {
        return instance == other.instance && number == other.number;
    }

    Claim again(long now) {
        return new Claim(instance, number, replaces, now, false);
    }

    Claim over(long now) {
        return new Claim(instance, number, replaces, now, true);
    }
}
