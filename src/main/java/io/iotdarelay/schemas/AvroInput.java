package io.iotdarelay.schemas;

import io.iotdarelay.decode.Bounds;
import io.iotdarelay.decode.Utf8;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Avro's binary encoding of single values. Lengths are compared with what is there before anything is allocated, which the library's
 * own decoder does not do.
 */
final class AvroInput {

    private final byte[] bytes;
    private final ValueCount values = new ValueCount();
    private int position;
    private int depth;

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
        if (++depth > Bounds.MAX_DEPTH) {
            throw new IOException("more than " + Bounds.MAX_DEPTH + " levels");
        }
    }

    void leave() {
        depth--;
    }

    /** Another value follows. */
    void count() throws IOException {
        values.add();
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
        String text = Utf8.strict(bytes, position, length);
        if (text == null) {
            throw new IOException("a string is not valid UTF-8");
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
            value = (value << Byte.SIZE) | (bytes[position + i] & 0xffL);
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
