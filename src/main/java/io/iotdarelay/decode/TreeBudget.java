package io.iotdarelay.decode;

/**
 * What one value may become. Formats in which a byte can stand for an empty object, or refer to a long text, expand without
 * being compressed.
 */
final class TreeBudget {

    private final int maxSize;
    private int nodes;
    private long size;

    /** Nothing is used yet. */
    TreeBudget(int maxSize) {
        this.maxSize = maxSize;
    }

    /** One more value inside the value. */
    void node() throws FormatException {
        if (++nodes > Bounds.MAX_VALUES) {
            throw tooManyNodes();
        }
    }

    static FormatException tooManyNodes() {
        return new FormatException("there are more than " + Bounds.MAX_VALUES + " values inside the value");
    }

    /** The name of a member. */
    void name(String name) throws FormatException {
        if (name.length() > Bounds.MAX_NAME_LENGTH) {
            throw FormatException.longName();
        }
        text(name.length());
    }

    /** A text or bytes. */
    void text(int length) throws FormatException {
        size += length;
        if (size > maxSize) {
            throw FormatException.tooLarge(maxSize);
        }
    }
}
