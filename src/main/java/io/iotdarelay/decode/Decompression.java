package io.iotdarelay.decode;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Decompresses values, up to a bound that is checked while they expand: what is beyond it is never in memory.
 *
 * @param compression how values are compressed
 * @param maxSize what a value may expand to, in bytes
 */
record Decompression(Compression compression, int maxSize) {

    /** How much is expanded at a time. */
    private static final int CHUNK = 4 * 1024;

    /** Most texts shrink to about a fourth. */
    private static final int LIKELY_FACTOR = 4;

    byte[] expand(byte[] value, Headers headers) throws FormatException {
        Compression effective = compression == Compression.AUTO ? of(headers) : compression;
        return switch (effective) {
            case NONE, AUTO -> value;
            case GZIP -> expand(value, "gzip", new Gzip());
            case ZLIB -> expand(value, "zlib", new Zlib());
            case ZSTD -> expand(value, "zstd", new Zstd());
            case LZ4 -> expandLz4(value);
        };
    }

    private static Compression of(Headers headers) throws FormatException {
        return switch (headers.contentEncoding().orElse("identity")) {
            case "identity", "none", "" -> Compression.NONE;
            case "gzip", "x-gzip" -> Compression.GZIP;
            case "deflate", "zlib" -> Compression.ZLIB;
            case "zstd" -> Compression.ZSTD;
            case "lz4" -> Compression.LZ4;
            default ->
                throw new FormatException(
                        "the header content-encoding names none of gzip, deflate, zstd, lz4, identity");
        };
    }

    private byte[] expand(byte[] value, String name, Opener opener) throws FormatException {
        ByteArrayInputStream packed = new ByteArrayInputStream(value);
        ByteArrayOutputStream expanded = new ByteArrayOutputStream(Math.min(LIKELY_FACTOR * value.length, maxSize));
        try (InputStream source = opener.open(packed)) {
            byte[] chunk = new byte[CHUNK];
            for (int read = source.read(chunk, 0, CHUNK); read >= 0; read = source.read(chunk, 0, CHUNK)) {
                if (read > maxSize - expanded.size()) {
                    throw FormatException.tooLarge(maxSize);
                }
                expanded.write(chunk, 0, read);
            }
            if (packed.available() > 0) {
                throw moreAfterTheEnd();
            }
        } catch (FormatException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw FormatException.incomplete("compressed with " + name);
        }
        return notEmpty(expanded.toByteArray());
    }

    private byte[] expandLz4(byte[] value) throws FormatException {
        byte[] expanded;
        try {
            expanded = Lz4Frame.expand(value, maxSize);
        } catch (RuntimeException e) {
            throw FormatException.incomplete("compressed with LZ4");
        }
        return notEmpty(expanded);
    }

    private static byte[] notEmpty(byte[] expanded) throws FormatException {
        if (expanded.length == 0) {
            throw FormatException.empty();
        }
        return expanded;
    }

    /** It would be lost. */
    static FormatException moreAfterTheEnd() {
        return new FormatException("there is more after the compressed value");
    }

    /** Opens what is compressed. Each is a class of its own, so that a library is loaded only where it is needed. */
    private interface Opener {

        InputStream open(InputStream packed) throws IOException;
    }

    private static final class Gzip implements Opener {
        @Override
        public InputStream open(InputStream packed) throws IOException {
            return new GzipMembers(packed.readAllBytes());
        }
    }

    /**
     * One gzip member after the other. The JDK's own stream calls itself for each member without content, until the stack
     * overflows.
     */
    private static final class GzipMembers extends InflaterInputStream {

        private static final short MAGIC = (short) 0x8b1f;
        private static final int CHECKSUM_OF_HEADER = 2;
        private static final int EXTRA = 4;
        private static final int NAME = 8;
        private static final int COMMENT = 16;
        private static final int TIME_AND_SYSTEM = 6;

        private final ByteBuffer packed;
        private final CRC32 checksum = new CRC32();

        GzipMembers(byte[] value) throws IOException {
            super(InputStream.nullInputStream(), new Inflater(true));
            this.packed = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
            begin();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int read = inf.inflate(bytes, offset, length);
                while (read == 0 && inf.finished()) {
                    end();
                    if (!packed.hasRemaining()) {
                        return -1;
                    }
                    begin();
                    read = inf.inflate(bytes, offset, length);
                }
                if (read == 0) {
                    throw new EOFException();
                }
                checksum.update(bytes, offset, read);
                return read;
            } catch (DataFormatException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            super.close();
            inf.end();
        }

        private void begin() throws IOException {
            if (packed.getShort() != MAGIC || packed.get() != Deflater.DEFLATED) {
                throw inf.getBytesRead() == 0 ? new ZipException() : moreAfterTheEnd();
            }
            int flags = packed.get();
            skip(TIME_AND_SYSTEM);
            if ((flags & EXTRA) != 0) {
                skip(Short.toUnsignedInt(packed.getShort()));
            }
            for (int texts = Integer.bitCount(flags & (NAME | COMMENT)); texts > 0; texts--) {
                while (packed.get() != 0) {}
            }
            if ((flags & CHECKSUM_OF_HEADER) != 0) {
                skip(Short.BYTES);
            }
            inf.reset();
            checksum.reset();
            inf.setInput(packed);
        }

        private void end() throws IOException {
            if (packed.getInt() != (int) checksum.getValue() || packed.getInt() != (int) inf.getBytesWritten()) {
                throw new ZipException();
            }
        }

        private void skip(int bytes) {
            packed.position(packed.position() + bytes);
        }
    }

    private static final class Zlib implements Opener {
        @Override
        public InputStream open(InputStream packed) {
            return new InflaterInputStream(packed) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    int read = super.read(bytes, offset, length);
                    if (read < 0 && inf.getRemaining() > 0) {
                        throw moreAfterTheEnd();
                    }
                    return read;
                }
            };
        }
    }

    private static final class Zstd implements Opener {

        /** What decoders should support, RFC 8878: 8 MB. A frame may ask for gigabytes. */
        private static final int MAX_WINDOW_LOG = 23;

        @Override
        public InputStream open(InputStream packed) throws IOException {
            return new ZstdInputStreamNoFinalizer(packed, RecyclingBufferPool.INSTANCE).setLongMax(MAX_WINDOW_LOG);
        }
    }
}
