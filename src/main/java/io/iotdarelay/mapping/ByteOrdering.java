package io.iotdarelay.mapping;

/** The order in which the bytes of a number are written. */
public enum ByteOrdering {
    BIG(false, false),
    LITTLE(true, false),
    BIG_SWAPPED(false, true),
    LITTLE_SWAPPED(true, true);

    private final boolean reversed;
    private final boolean swapped;

    ByteOrdering(boolean reversed, boolean swapped) {
        this.reversed = reversed;
        this.swapped = swapped;
    }

    /** A copy of a part, highest byte first. */
    byte[] bigEndian(byte[] bytes, int from, int size) {
        byte[] ordered = new byte[size];
        for (int i = 0; i < size; i++) {
            int place = reversed ? size - 1 - i : i;
            // Words in the other order, the bytes within each as they are.
            ordered[i] = bytes[from + (swapped && size > 1 ? size - 2 - (place & ~1) + (place & 1) : place)];
        }
        return ordered;
    }
}
