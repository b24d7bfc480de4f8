package io.iotdarelay.decode;

import static io.iotdarelay.decode.Decodings.detail;
import static io.iotdarelay.decode.Decodings.json;
import static io.iotdarelay.decode.Decodings.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {

    private static final String TEXT = "{\"a\":\"" + "text ".repeat(100) + "\"}";
    private static final byte[] JSON = utf8(TEXT);
    private static final int BOUND = 100_000;
    private static final int BOMB = 500 * 1024 * 1024;

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "AUTO"})
    void expands(Compression compression) throws IOException {
        assertThat(json(encoding(compression), packed(compression, JSON, 1))).isEqualTo(TEXT);
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, GZIP",
        "x-gzip, GZIP",
        "GZIP, GZIP",
        "deflate, ZLIB",
        "zstd, ZSTD",
        "lz4, LZ4",
        "identity, NONE",
        "'', NONE"
    })
    void expandsWhatTheHeaderSays(String header, Compression compression) throws IOException {
        assertThat(json(encoding(Compression.AUTO), packed(compression, JSON, 1), "content-encoding", header))
                .isEqualTo(TEXT);
    }

    @Test
    void takesNoHeaderAsNotCompressed() {
        assertThat(json(encoding(Compression.AUTO), JSON)).isEqualTo(TEXT);
    }

    @Test
    void rejectsUnknownEncodings() {
        assertThat(detail(encoding(Compression.AUTO), JSON, "content-encoding", "br"))
                .contains("content-encoding");
        assertThat(detail(encoding(Compression.AUTO), JSON, "content-encoding", "gzip, gzip"))
                .contains("content-encoding");
    }

    /** What a bomb expands to is never in memory: a thousandth of it, at most, is allocated. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "AUTO"})
    void stopsABombAtTheBound(Compression compression) throws IOException {
        byte[] bomb = packed(compression, new byte[1024 * 1024], BOMB / 1024 / 1024);
        detail(encoding(compression), bomb);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        assertThat(detail(encoding(compression), bomb))
                .isEqualTo("the value expands to more than max-value-size, 100000 bytes");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(BOMB / 50);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "AUTO"})
    void takesWhatExpandsToTheBoundExactly(Compression compression) throws IOException {
        Encoding text = new Encoding(Format.TEXT, compression, BOUND, null);

        assertThat(json(text, packed(compression, utf8("x"), BOUND))).hasSize(BOUND + 2);
        assertThat(detail(text, packed(compression, utf8("x"), BOUND + 1))).contains("max-value-size");
    }

    /** What is read must be all that was written, or nothing. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "AUTO"})
    void rejectsWhatEndsTooEarly(Compression compression) throws IOException {
        byte[] packed = packed(compression, JSON, 1);

        for (int length = 1; length < packed.length; length++) {
            assertThat(Decodings.decoding(
                            new Encoding(Format.BYTES, compression, BOUND, null), Arrays.copyOf(packed, length)))
                    .as("%d bytes of %d", length, packed.length)
                    .isInstanceOf(Decoding.Undecodable.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "AUTO"})
    void rejectsWhatIsNotCompressedOrLost(Compression compression) throws IOException {
        byte[] packed = packed(compression, JSON, 1);
        byte[] longer = Arrays.copyOf(packed, packed.length + 40);
        Arrays.fill(longer, packed.length, longer.length, (byte) 'x');
        Encoding bytes = new Encoding(Format.BYTES, compression, BOUND, null);

        detail(bytes, JSON);
        detail(bytes, longer);
        detail(bytes, packed(compression, new byte[0], 0));
    }

    /** With all fields that a header can have, and two members. */
    @Test
    void readsGzipWithEverything() {
        String fields = "1f8b081e00000000ff03" + "0200" + "abcd" + "6e616d6500" + "636f6d6d656e7400" + "1234";
        String member = "4b040043beb7e801000000";

        assertThat(json(
                        new Encoding(Format.TEXT, Compression.GZIP, BOUND, null),
                        HexFormat.of().parseHex(fields + member + "1f8b08000000000002ff" + member)))
                .isEqualTo("\"aa\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1f8b08000000000002ff4b040043beb7e902000000", // another checksum
                "1f8b08000000000002ff4b040043beb7e802000000", // another length
                "1f8b07000000000002ff4b040043beb7e801000000", // another method
                "1f8b08000000000002ffff", // no deflate
                "1f8b08080000000002ff6e616d65", // a name without an end
                "1f8b08040000000002ffffff00", // a field that is longer than the value
                "1f8b08000000000002ff4b040043beb7e8010000001f8b08"
            })
    void rejectsWrongGzip(String hex) {
        assertThat(detail(encoding(Compression.GZIP), HexFormat.of().parseHex(hex)))
                .contains("gzip");
    }

    /** Frames and members without content, as many as fit: no bound on what they expand to would ever be reached. */
    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD", "LZ4"})
    void boundsTheCostOfEmptyFrames(Compression compression) throws IOException {
        byte[] frame = switch (compression) {
            case GZIP -> packed(compression, new byte[0], 1);
            case ZSTD -> HexFormat.of().parseHex("28b52ffd0068010000");
            default -> packed(compression, new byte[0], 1);
        };
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        while (frames.size() < 1_000_000) {
            frames.writeBytes(frame);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        detail(encoding(compression), frames.toByteArray());
        long time = threads.getCurrentThreadCpuTime();
        long allocated = threads.getCurrentThreadAllocatedBytes();

        detail(encoding(compression), frames.toByteArray());

        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - time)).isLessThan(Duration.ofSeconds(1));
        assertThat(threads.getCurrentThreadAllocatedBytes() - allocated).isLessThan(100_000_000);
    }

    /** A frame that asks for a window of two gigabytes. */
    @Test
    void boundsWhatZstdAsksFor() {
        assertThat(detail(encoding(Compression.ZSTD), HexFormat.of().parseHex("28b52ffd00a8" + "4b000010aa")))
                .contains("zstd");
    }

    @Test
    void readsFramesWithoutTheirSize() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream zstd = new ZstdOutputStreamNoFinalizer(bytes, 19)) {
            zstd.write(JSON);
        }

        assertThat(json(encoding(Compression.ZSTD), bytes.toByteArray())).isEqualTo(TEXT);
        assertThat(json(encoding(Compression.ZSTD), Zstd.compress(JSON))).isEqualTo(TEXT);
    }

    @Test
    void saysThatLinkedBlocksOfLz4AreNotSupported() {
        byte[] linked = HexFormat.of().parseHex("04224d184070df0b00008068656c6c6f2068656c6c6f00000000");

        assertThat(detail(encoding(Compression.LZ4), linked)).contains("linked blocks");
    }

    /** A few kilobytes would become a tree of more than a hundred megabytes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "JSON | [ | {}, | {}]",
                "JSON | [ | 1, | 1]",
                "JSON | [ | \"\\\"\", | 1]",
                "JSON | [ | {\"a\":1}, | 1]",
                "JSON_LINES | 1 | 1 2 | 3",
                "JSON_LINES | {} | {} | {}",
                "SENML | [ | {}, | {}]",
                "CONNECT_JSON | {\"schema\":null,\"payload\":[ | {}, | {}]}",
                "CLOUDEVENTS | [ | {}, | {}]",
                "AUTO | [ | {}, | {}]"
            })
    void boundsTheNumberOfValuesInJsonThatWasCompressed(Format format, String first, String each, String last)
            throws IOException {
        byte[] value = utf8(first + each.repeat(300_000) + last);
        Encoding encoding = new Encoding(format, Compression.GZIP, Encoding.DEFAULT_MAX_SIZE, null);

        assertThat(detail(encoding, packed(Compression.GZIP, value, 1))).contains("250000 values");
    }

    @Test
    void boundsTheNumberOfValuesInUtf16() throws IOException {
        byte[] value = ("[" + "{},".repeat(300_000) + "1]").getBytes(StandardCharsets.UTF_16LE);
        Encoding encoding = new Encoding(Format.JSON, Compression.GZIP, Encoding.DEFAULT_MAX_SIZE, null);

        assertThat(detail(encoding, packed(Compression.GZIP, value, 1))).contains("250000 values");
    }

    @Test
    void takesManyValues() throws IOException {
        String names = "[" + "{\"a\": \"\\\":\", \"b\": [ ]}, ".repeat(83_000) + "1]";
        Encoding packed = new Encoding(Format.JSON, Compression.GZIP, Encoding.DEFAULT_MAX_SIZE, null);
        byte[] many = utf8("[" + "1,".repeat(300_000) + "1]");

        assertThat(Decodings.tree(packed, packed(Compression.GZIP, utf8(names), 1)))
                .hasSize(83_001);
        assertThat(Decodings.tree(Encoding.of(Format.JSON), many)).hasSize(300_001);
        assertThat(Decodings.tree(encoding(Compression.AUTO), many)).hasSize(300_001);
    }

    /** The stream of zlib ends where the buffer of who reads it does. */
    @Test
    void refusesWhatFollowsAFullBuffer() throws IOException {
        byte[] json = utf8("{\"a\":\"" + "x".repeat(493) + "\"}");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream packing = new DeflaterOutputStream(bytes, new Deflater(Deflater.NO_COMPRESSION))) {
            packing.write(json);
        }
        assertThat(bytes.size()).isEqualTo(512);
        assertThat(Decodings.tree(encoding(Compression.ZLIB), bytes.toByteArray()))
                .hasSize(1);

        bytes.write('x');

        assertThat(detail(encoding(Compression.ZLIB), bytes.toByteArray()))
                .isEqualTo("there is more after the compressed value");
    }

    private static Encoding encoding(Compression compression) {
        return new Encoding(Format.JSON, compression, BOUND, null);
    }

    private static byte[] packed(Compression compression, byte[] part, int times) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream packing = switch (compression) {
            case GZIP -> new GZIPOutputStream(bytes);
            case ZLIB -> new DeflaterOutputStream(bytes);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(bytes);
            case LZ4 -> new LZ4FrameOutputStream(bytes);
            case NONE, AUTO -> bytes;
        }) {
            for (int i = 0; i < times; i++) {
                packing.write(part);
            }
        }
        return bytes.toByteArray();
    }
}
