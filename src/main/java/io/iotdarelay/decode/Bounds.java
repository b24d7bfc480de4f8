package io.iotdarelay.decode;

/** What one value may become, whatever its format: nothing may exhaust the process. */
public final class Bounds {

    /** Arrays and objects inside each other. */
    public static final int MAX_DEPTH = 200;

    /** Values inside the value. In some formats a byte stands for one, or none at all. */
    public static final int MAX_VALUES = 250_000;

    /** Characters of the name of a member. */
    static final int MAX_NAME_LENGTH = 10_000;

    private Bounds() {}
}
