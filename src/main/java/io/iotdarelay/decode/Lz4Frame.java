package io.iotdarelay.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * One LZ4 frame of independent blocks. The library's own stream allocates two of the largest blocks that a frame may have for each value,
 * up to 8 MB. Here the blocks are measured first, and expanded into an array of that size.
 *
 * <p>In Java: the native library would have to be written to disk first.
 */
final class Lz4Frame {

    private static final LZ4SafeDecompressor BLOCKS = LZ4Factory.safeInstance().safeDecompressor();
    private static final XXHash32 CHECKSUMS = XXHashFactory.safeInstance().hash32();

    private static final int MAGIC = 0x184d2204;
    private static final int VERSION_AND_RESERVED = 0xc3;
    private static final int VERSION_1 = 0x40;
    private static final int INDEPENDENT_BLOCKS = 0x20;
    private static final int BLOCK_CHECKSUMS = 0x10;
    private static final int CONTENT_SIZE = 0x08;
    private static final int CONTENT_CHECKSUM = 0x04;
    private static final int RESERVED_OF_SIZE = 0x8f;
    private static final int HALF_A_BYTE = 4;

    /** Of blocks of 64 KB; each of the next codes means four times as much. */
    private static final int SMALLEST_CODE = 4;

    private static final int SMALLEST_BLOCK = 64 * 1024;

    private static final int NOT_COMPRESSED = 0x8000_0000;
    private static final int LONG_RUN = 15;
    private static final int MORE_OF_RUN = 255;
    private static final int SHORTEST_MATCH = 4;

    private final byte[] value;
    private final ByteBuffer in;
    private final int flags;
    private final int largestBlock;
    private final long contentSize;
    private final int blocks;

    /** Reads the header. Throws a {@link RuntimeException} if there is none. */
    private Lz4Frame(byte[] value) throws FormatException {
        this.value = value;
        this.in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        require(in.getInt() == MAGIC);
        int descriptor = in.position();
        this.flags = in.get();
        require((flags & VERSION_AND_RESERVED) == VERSION_1);
        if (!has(INDEPENDENT_BLOCKS)) {
            throw new FormatException(
                    "the value is an LZ4 frame with linked blocks, which are not supported: the producer has to write"
                            + " independent ones");
        }
        int size = in.get();
        int code = size >> HALF_A_BYTE;
        require((size & RESERVED_OF_SIZE) == 0 && code >= SMALLEST_CODE);
        this.largestBlock = SMALLEST_BLOCK << (2 * (code - SMALLEST_CODE));
        this.contentSize = has(CONTENT_SIZE) ? in.getLong() : -1;
        int checksum = CHECKSUMS.hash(value, descriptor, in.position() - descriptor, 0) >> Byte.SIZE;
        require(in.get() == (byte) checksum);
        this.blocks = in.position();
    }

    /**
     * Expands a frame. Throws a {@link RuntimeException} if it is none.
     *
     * @param maxSize what it may expand to, in bytes
     */
    static byte[] expand(byte[] value, int maxSize) throws FormatException {
        Lz4Frame frame = new Lz4Frame(value);
        return frame.expanded(frame.measure(maxSize));
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** How many bytes the blocks expand to. */
    private int measure(int maxSize) throws FormatException {
        long size = 0;
        in.position(blocks);
        for (int head = in.getInt(); (head & ~NOT_COMPRESSED) != 0; head = in.getInt()) {
            int length = head & ~NOT_COMPRESSED;
            require(length <= in.remaining());
            long block = head < 0 ? length : measure(in.position(), in.position() + length);
            require(length <= largestBlock && block <= largestBlock);
            size += block;
            if (size > maxSize) {
                throw FormatException.tooLarge(maxSize);
            }
            in.position(in.position() + length + (has(BLOCK_CHECKSUMS) ? Integer.BYTES : 0));
        }
        return (int) size;
    }

    /** How many bytes a block expands to: runs of literals, each with a match behind it, except for the last. */
    private long measure(int from, int end) {
        long size = 0;
        int at = from;
        while (at < end) {
            int token = value[at++];
            long literals = (token >> HALF_A_BYTE) & LONG_RUN;
            if (literals == LONG_RUN) {
                int more = at;
                at = afterRun(at);
                literals += run(more, at);
            }
            size += literals;
            at = (int) Math.min(end, at + literals);
            if (at < end) {
                at += Short.BYTES;
                long match = token & LONG_RUN;
                if (match == LONG_RUN) {
                    int more = at;
                    at = afterRun(at);
                    match += run(more, at);
                }
                size += match + SHORTEST_MATCH;
            }
        }
        return size;
    }

    private int afterRun(int from) {
        int at = from;
        while (Byte.toUnsignedInt(value[at]) == MORE_OF_RUN) {
            at++;
        }
        return at + 1;
    }

    private long run(int from, int end) {
        return (long) MORE_OF_RUN * (end - 1 - from) + Byte.toUnsignedInt(value[end - 1]);
    }

    private byte[] expanded(int size) throws FormatException {
        byte[] expanded = new byte[size];
        int at = 0;
        in.position(blocks);
        for (int head = in.getInt(); (head & ~NOT_COMPRESSED) != 0; head = in.getInt()) {
            int length = head & ~NOT_COMPRESSED;
            int from = in.position();
            if (head < 0) {
                System.arraycopy(value, from, expanded, at, length);
                at += length;
            } else {
                at += BLOCKS.decompress(value, from, length, expanded, at, size - at);
            }
            in.position(from + length);
            require(!has(BLOCK_CHECKSUMS) || in.getInt() == CHECKSUMS.hash(value, from, length, 0));
        }
        int unused = Objects.checkFromToIndex(size, at, at); // all of what was measured
        require((!has(CONTENT_CHECKSUM) || in.getInt() == CHECKSUMS.hash(expanded, 0, size, 0))
                && (!has(CONTENT_SIZE) || contentSize == size));
        if (in.hasRemaining()) {
            throw Decompression.moreAfterTheEnd();
        }
        return expanded;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException();
        }
    }
}
