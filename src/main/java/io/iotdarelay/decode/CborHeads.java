package io.iotdarelay.decode;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * One walk over the heads of a CBOR value's items, before it is parsed. Refuses what the parser takes too long for, a run of tags,
 * and what it gets wrong: keys that are bytes or whole numbers of more than 64 bits.
 */
final class CborHeads {

    private static final int MAX_TAGS = 16;

    /** A decimal fraction and a text in chunks are levels here alone. */
    private static final int MAX_LEVELS = Bounds.MAX_DEPTH + 2;

    private static final int UNSIGNED = 0;
    private static final int NEGATIVE = 1;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;
    private static final int TAG = 6;
    private static final int BREAK = 0xff;
    private static final int INDEFINITE = 31;
    private static final long UNTIL_BREAK = -1;

    private final ByteBuffer bytes;

    /** The items that each open level still has. The value itself is level 0. */
    private final long[] left = new long[MAX_LEVELS + 1];

    private final boolean[] isMap = new boolean[MAX_LEVELS + 1];
    private final boolean[] isAtKey = new boolean[MAX_LEVELS + 1];
    private int level;

    private CborHeads(byte[] value) {
        this.bytes = ByteBuffer.wrap(value);
        this.left[0] = 1;
    }

    static void check(byte[] value) throws FormatException {
        if (value.length == 0) {
            throw FormatException.empty();
        }
        try {
            new CborHeads(value).walk();
        } catch (BufferUnderflowException e) {
            throw malformed();
        }
    }

    private void walk() throws FormatException {
        int tags = 0;
        while (level > 0 || left[0] > 0) {
            int head = Byte.toUnsignedInt(bytes.get());
            int type = head >> 5;
            if (type == TAG) {
                argument(head);
                tags++;
                if (tags > MAX_TAGS) {
                    throw new FormatException("there are more than " + MAX_TAGS + " tags in front of one item");
                }
            } else if (head == BREAK) {
                end(tags);
            } else {
                item(type, head);
                tags = 0;
            }
            while (level > 0 && left[level] == 0) {
                level--;
            }
        }
        if (bytes.hasRemaining()) {
            throw FormatException.moreAfterTheValue();
        }
    }

    private void end(int tags) throws FormatException {
        if (tags > 0 || left[level] != UNTIL_BREAK || (isMap[level] && !isAtKey[level])) {
            throw malformed();
        }
        level--;
    }

    private void item(int type, int head) throws FormatException {
        boolean isIndefinite = (head & INDEFINITE) == INDEFINITE;
        long argument = isIndefinite ? UNTIL_BREAK : argument(head);
        if (isMap[level] && isAtKey[level]) {
            checkKey(type, argument);
        }
        isAtKey[level] = !isAtKey[level];
        if (left[level] > 0) {
            left[level]--;
        }
        switch (type) {
            case BYTES, TEXT -> {
                if (isIndefinite) {
                    open(UNTIL_BREAK, false);
                } else {
                    bytes.position(bytes.position() + present(argument));
                }
            }
            case ARRAY -> open(isIndefinite ? UNTIL_BREAK : present(argument), false);
            case MAP -> open(isIndefinite ? UNTIL_BREAK : 2L * present(argument), true);
            default -> {
                if (isIndefinite) {
                    throw malformed();
                }
            }
        }
    }

    private static void checkKey(int type, long argument) throws FormatException {
        if (type == BYTES) {
            throw FormatException.invalidKey();
        }
        if ((type == UNSIGNED || type == NEGATIVE) && argument < 0) {
            throw new FormatException("a key of a map is a whole number of more than 64 bits");
        }
    }

    private void open(long items, boolean map) throws FormatException {
        if (level == MAX_LEVELS) {
            throw FormatException.tooDeep();
        }
        level++;
        left[level] = items;
        isMap[level] = map;
        isAtKey[level] = true;
    }

    /** A length or a number of items, each of which needs a byte at least. */
    private int present(long argument) throws FormatException {
        if (argument < 0 || argument > bytes.remaining()) {
            throw malformed();
        }
        return (int) argument;
    }

    private long argument(int head) throws FormatException {
        int low = head & INDEFINITE;
        return switch (low) {
            case 24 -> Byte.toUnsignedLong(bytes.get());
            case 25 -> Short.toUnsignedLong(bytes.getShort());
            case 26 -> Integer.toUnsignedLong(bytes.getInt());
            case 27 -> bytes.getLong();
            case 28, 29, 30, INDEFINITE -> throw malformed();
            default -> low;
        };
    }

    private static FormatException malformed() {
        return FormatException.incomplete("CBOR");
    }
}
