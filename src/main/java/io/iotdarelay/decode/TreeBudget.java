package io.iotdarelay.decode;

/**
 * What one value may become. Formats in which a byte can stand for an empty object, or refer to a long text, expand without
 * being compressed.
 */
final class TreeBudget {

    static final int MAX_DEPTH = 200;

    static final int MAX_NODES = 250_000;

    private final int maxSize;
    private int nodes;
    private long size;

    /** Nothing is used yet. */
    TreeBudget(int maxSize) {
        this.maxSize = maxSize;
    }

    /** One more value inside the value. */
    void node() throws FormatException {
        if (++nodes > MAX_NODES) {
            throw tooManyNodes();
        }
    }

    static FormatException tooManyNodes() {
        return new FormatException("there are more than " + MAX_NODES + " values inside the value");
    }

    /** A name, a text or bytes. */
    void text(int length) throws FormatException {
        size += length;
        if (size > maxSize) {
            throw new FormatException("the value expands to more than max-value-size, " + maxSize + " bytes");
        }
    }
}
