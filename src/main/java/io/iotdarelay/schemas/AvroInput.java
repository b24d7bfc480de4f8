package io.iotdarelay.schemas;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Avro's binary encoding of single values. Lengths are compared with what is there before anything is allocated, which the library's
 * own decoder does not do.
 */
final class AvroInput {

    private static final int MAX_DEPTH = 200;

    /** A null or an empty record occupies no byte. */
    private static final int MAX_VALUES = 250_000;

    private static final char REPLACEMENT = '\uFFFD';

    private final byte[] bytes;
    private int position;
    private int depth;
    private int values;

    AvroInput(byte[] bytes, int start) {
        this.bytes = bytes;
        this.position = start;
    }

    int position() {
        return position;
    }

    int left() {
        return bytes.length - position;
    }

    /** A value that contains others begins. */
    void enter() throws IOException {
        if (++depth > MAX_DEPTH) {
            throw new IOException("more than " + MAX_DEPTH + " levels");
        }
    }

    void leave() {
        depth--;
    }

    /** Another value follows. */
    void count() throws IOException {
        if (++values > MAX_VALUES) {
            throw new IOException("more than " + MAX_VALUES + " values");
        }
    }

    boolean readBoolean() throws IOException {
        return switch (next()) {
            case 0 -> false;
            case 1 -> true;
            default -> throw new IOException("a boolean is neither 0 nor 1");
        };
    }

    int readInt() throws IOException {
        long value = readLong();
        if (value != (int) value) {
            throw new IOException("an int has more than 32 bits");
        }
        return (int) value;
    }

    long readLong() throws IOException {
        long raw = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte each = next();
            raw |= (each & 0x7fL) << shift;
            if (each >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new IOException("a number has more than 64 bits");
    }

    float readFloat() throws IOException {
        return Float.intBitsToFloat((int) littleEndian(Float.BYTES));
    }

    double readDouble() throws IOException {
        return Double.longBitsToDouble(littleEndian(Double.BYTES));
    }

    /** Text, which must be UTF-8. */
    String readString() throws IOException {
        int length = length();
        String text = new String(bytes, position, length, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            text = strictly(position, length);
        }
        position += length;
        return text;
    }

    byte[] readBytes() throws IOException {
        return readFixed(length());
    }

    byte[] readFixed(int length) throws IOException {
        need(length);
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    /** How many elements the next block of an array or a map has; the last one has none. */
    long readBlock() throws IOException {
        long count = readLong();
        if (count < 0) {
            readLong(); // the size of the block in bytes, which only those need who skip it
            count = -count;
        }
        if (count < 0) {
            throw new IOException("a block has more than 2^63 elements");
        }
        return count;
    }

    private String strictly(int from, int length) throws IOException {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new IOException("a text is not UTF-8", e);
        }
    }

    private int length() throws IOException {
        long length = readLong();
        if (length < 0) {
            throw new IOException("a length is negative");
        }
        if (length > left()) {
            throw new EOFException();
        }
        return (int) length;
    }

    private long littleEndian(int width) throws IOException {
        need(width);
        long value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << Byte.SIZE | bytes[position + i] & 0xffL;
        }
        position += width;
        return value;
    }

    private byte next() throws IOException {
        need(1);
        return bytes[position++];
    }

    private void need(int length) throws IOException {
        if (length > left()) {
            throw new EOFException();
        }
    }
}
