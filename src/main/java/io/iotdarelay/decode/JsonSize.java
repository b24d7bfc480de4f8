package io.iotdarelay.decode;

/**
 * How many values JSON has, counted before it is parsed: a few kilobytes of compressed bytes can stand for a million empty objects.
 * What is not compressed is bounded by Kafka, and not counted.
 */
final class JsonSize {

    /** UTF-16 needs at least so many bytes for a value and a comma, and RFC 8259 does not know it. */
    private static final int BYTES_IN_UTF16 = 4;

    private JsonSize() {}

    static void check(byte[] value, Headers headers) throws FormatException {
        if (!headers.expanded() || value.length <= Bounds.MAX_VALUES) {
            return;
        }
        if (!isUtf8(value)) {
            if (value.length / BYTES_IN_UTF16 > Bounds.MAX_VALUES) {
                throw TreeBudget.tooManyNodes();
            }
            return;
        }
        count(value);
    }

    /** As the parser finds out. */
    private static boolean isUtf8(byte[] value) {
        for (int i = 0; i < BYTES_IN_UTF16; i++) {
            if (value[i] == 0 || value[i] == (byte) 0xfe || value[i] == (byte) 0xff) {
                return false;
            }
        }
        return true;
    }

    /** Every text, word, array and object, except for the texts that a colon makes names. */
    private static void count(byte[] value) throws FormatException {
        int values = 0;
        boolean inWord = false;
        for (int i = 0; i < value.length; i++) {
            boolean wasInWord = inWord;
            inWord = false;
            switch (value[i]) {
                case '"' -> {
                    i = endOfText(value, i);
                    values++;
                }
                case '[', '{' -> values++;
                case ':' -> values--;
                case ',', ']', '}', ' ', '\t', '\r', '\n', 0x1e -> {}
                default -> {
                    inWord = true;
                    values += wasInWord ? 0 : 1;
                }
            }
            // a name is counted until its colon
            if (values > Bounds.MAX_VALUES + 1) {
                throw TreeBudget.tooManyNodes();
            }
        }
        if (values > Bounds.MAX_VALUES) {
            throw TreeBudget.tooManyNodes();
        }
    }

    private static int endOfText(byte[] value, int quote) {
        int i = quote + 1;
        while (i < value.length && value[i] != '"') {
            i += value[i] == '\\' ? 2 : 1;
        }
        return i;
    }
}
