package io.iotdarelay.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** The inclusive bounds of a number. Decimals are compared by value; whole numbers quickly, as 64 bits. */
final class Range {

    private static final BigDecimal TOOLS_FILL_IN = BigDecimal.valueOf(65_535);
    private static final BigDecimal LEAST_LONG = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal MOST_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

    /** Behind the others, which it needs. */
    static final Range ANY = new Range(null, null);

    private final @Nullable BigDecimal least;
    private final @Nullable BigDecimal most;

    /** The bounds of whole numbers. Where no 64 bits can meet a bound, the two are in the wrong order. */
    private final long leastWhole;

    private final long mostWhole;

    private Range(@Nullable BigDecimal least, @Nullable BigDecimal most) {
        this.least = least;
        this.most = most;
        boolean unreachable =
                (least != null && least.compareTo(MOST_LONG) > 0) || (most != null && most.compareTo(LEAST_LONG) < 0);
        this.leastWhole = unreachable ? Long.MAX_VALUE : whole(least, LEAST_LONG, RoundingMode.CEILING);
        this.mostWhole = unreachable ? Long.MIN_VALUE : whole(most, MOST_LONG, RoundingMode.FLOOR);
    }

    private static long whole(@Nullable BigDecimal bound, BigDecimal otherwise, RoundingMode mode) {
        if (bound == null) {
            return otherwise.longValueExact();
        }
        return bound.max(LEAST_LONG).min(MOST_LONG).setScale(0, mode).longValueExact();
    }

    /** The bounds that a model gives. None where both are 0, or in the wrong order: then nobody has set them. */
    static Range of(@Nullable BigDecimal least, @Nullable BigDecimal most) {
        boolean unset = least == null ? most == null : most != null && isUnset(least, most);
        return unset ? ANY : new Range(least, most);
    }

    private static boolean isUnset(BigDecimal least, BigDecimal most) {
        return least.compareTo(most) > 0 || (least.signum() == 0 && most.signum() == 0);
    }

    boolean isBelow(long value) {
        return value < leastWhole;
    }

    boolean isAbove(long value) {
        return value > mostWhole;
    }

    boolean isBelow(BigDecimal value) {
        return least != null && value.compareTo(least) < 0;
    }

    boolean isAbove(BigDecimal value) {
        return most != null && value.compareTo(most) > 0;
    }

    /** Whether this is what tools fill in where the author of a model says nothing. */
    boolean isFilledIn() {
        return least != null && most != null && least.signum() == 0 && most.compareTo(TOOLS_FILL_IN) == 0;
    }

    /** Whether a bound is beyond whole numbers of so many bits. */
    boolean exceeds(int bits) {
        return (least != null && least.toBigInteger().bitLength() >= bits)
                || (most != null && most.toBigInteger().bitLength() >= bits);
    }

    /** Whether the bounds are the same numbers, however they are written. */
    boolean isSameAs(Range other) {
        return isSame(least, other.least) && isSame(most, other.most);
    }

    private static boolean isSame(@Nullable BigDecimal one, @Nullable BigDecimal other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return one.compareTo(other) == 0;
    }

    /** The lower bound; 0 without one. */
    BigDecimal base() {
        return least == null ? BigDecimal.ZERO : least;
    }

    String shownLeast() {
        return String.valueOf(least);
    }

    String shownMost() {
        return String.valueOf(most);
    }

    /** For people: {@code -40.0 to 85.0}. */
    @Override
    public String toString() {
        if (least == null) {
            return most == null ? "any" : "up to " + most;
        }
        return most == null ? "from " + least : least + " to " + most;
    }
}
