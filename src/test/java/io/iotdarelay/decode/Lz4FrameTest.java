package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.iotdarelay.testing.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;
import net.jpountz.xxhash.XXHashFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Expands what the library's stream expands, and nothing else. */
class Lz4FrameTest {

    private static final int MAX_SIZE = 1_000_000;
    private static final byte[] SHORT = Decodings.utf8("{\"a\":\"" + "text ".repeat(30) + "\",\"b\":[1,2,3]}");

    @Test
    void expandsFramesOfAllKinds() {
        for (byte[] content : contents()) {
            for (Bits[] bits : bits()) {
                byte[] frame = frame(BLOCKSIZE.SIZE_64KB, content, bits);

                assertThat(expanded(frame)).isEqualTo(content);
            }
        }
        assertThat(expanded(frame(BLOCKSIZE.SIZE_4MB, contents().getLast(), Bits.BLOCK_INDEPENDENCE)))
                .isEqualTo(contents().getLast());
    }

    /** Each bit of a frame, and each byte with all bits set or none. */
    @Test
    void agreesWithTheLibraryOnDamagedFrames() {
        for (Bits[] bits : bits()) {
            byte[] frame = frame(BLOCKSIZE.SIZE_64KB, SHORT, bits);
            for (int at = 0; at < frame.length; at++) {
                for (int bit = 0; bit < Byte.SIZE; bit++) {
                    byte[] damaged = frame.clone();
                    damaged[at] ^= (byte) (1 << bit);
                    agrees(damaged);
                }
                for (byte value : new byte[] {0, -1}) {
                    byte[] damaged = frame.clone();
                    damaged[at] = value;
                    agrees(damaged);
                }
                agrees(Arrays.copyOf(frame, at));
            }
        }
    }

    @Test
    void agreesWithTheLibraryOnRandomBlocks() {
        byte[] frame = frame(BLOCKSIZE.SIZE_64KB, SHORT, Bits.BLOCK_INDEPENDENCE);
        Seeds.each(2_000, random -> {
            byte[] damaged = frame.clone();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                damaged[random.nextInt(7, damaged.length)] = (byte) random.nextInt();
            }
            agrees(damaged);
        });
    }

    /** Of a record of 200 bytes; the library's stream takes 8 MB for blocks of the largest size, which its writer has by default. */
    @Test
    void allocatesLittleMoreThanTheContent() {
        byte[] frame = frame(BLOCKSIZE.SIZE_4MB, SHORT, Bits.BLOCK_INDEPENDENCE);
        expanded(frame);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        expanded(frame);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000);
    }

    /** Lengths of runs that do not fit 32 bits, and runs that the value does not hold. */
    @Test
    void measuresNoFurtherThanABlock() {
        byte[] long255 = new byte[70_000];
        Arrays.fill(long255, (byte) 0xff);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(HexFormat.of().parseHex("04224d18604082"));
        frame.writeBytes(new byte[] {0x70, 0x11, 0x01, 0x00});
        frame.writeBytes(long255);

        agrees(frame.toByteArray());
    }

    /** A frame says how large its blocks are at most. */
    @Test
    void refusesBlocksThatAreLargerThanTheFrameSays() {
        int tooLong = 64 * 1024 + 1;
        byte[] run = new byte[300];
        Arrays.fill(run, (byte) 0xff);

        byte[] notCompressed = frameOf(new byte[] {1, 0, 1, (byte) 0x80}, new byte[tooLong], new byte[Integer.BYTES]);
        byte[] expanding = frameOf(
                new byte[] {(byte) (run.length + 6), 1, 0, 0},
                new byte[] {0x1f, 'a', 1, 0},
                run,
                new byte[] {0, 0},
                new byte[Integer.BYTES]);

        byte[] right = frameOf(new byte[] {1, 0, 0, (byte) 0x80}, new byte[] {'x'}, new byte[Integer.BYTES]);

        assertThat(expanded(right)).containsExactly('x');
        assertThat(expanded(notCompressed)).isNull();
        assertThat(expanded(expanding)).isNull();
    }

    private static byte[] frameOf(byte[]... parts) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(HexFormat.of().parseHex("04224d18604082"));
        for (byte[] part : parts) {
            frame.writeBytes(part);
        }
        return frame.toByteArray();
    }

    private static void agrees(byte[] frame) {
        byte @Nullable [] expected = byTheLibrary(frame);
        byte @Nullable [] actual = expanded(frame);

        assertThat(actual).as(HexFormat.of().formatHex(frame)).isEqualTo(expected);
    }

    private static byte @Nullable [] expanded(byte[] frame) {
        try {
            return Lz4Frame.expand(frame, MAX_SIZE);
        } catch (FormatException | RuntimeException e) {
            return null;
        }
    }

    private static byte @Nullable [] byTheLibrary(byte[] frame) {
        ByteArrayInputStream packed = new ByteArrayInputStream(frame);
        try (LZ4FrameInputStream in = new LZ4FrameInputStream(
                packed,
                LZ4Factory.safeInstance().safeDecompressor(),
                XXHashFactory.safeInstance().hash32(),
                true)) {
            byte[] all = in.readAllBytes();
            return packed.available() > 0 ? null : all;
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static List<Bits[]> bits() {
        return List.of(
                new Bits[] {Bits.BLOCK_INDEPENDENCE},
                new Bits[] {Bits.BLOCK_INDEPENDENCE, Bits.BLOCK_CHECKSUM},
                new Bits[] {Bits.BLOCK_INDEPENDENCE, Bits.CONTENT_CHECKSUM},
                new Bits[] {Bits.BLOCK_INDEPENDENCE, Bits.CONTENT_SIZE},
                new Bits[] {Bits.BLOCK_INDEPENDENCE, Bits.BLOCK_CHECKSUM, Bits.CONTENT_CHECKSUM, Bits.CONTENT_SIZE});
    }

    private static List<byte[]> contents() {
        RandomGenerator random = new java.util.SplittableRandom(1);
        byte[] noise = new byte[150_000];
        random.nextBytes(noise);
        List<byte[]> contents = new ArrayList<>(List.of(SHORT, noise, new byte[200_000], new byte[1]));
        byte[] mixed = noise.clone();
        Arrays.fill(mixed, 20_000, 90_000, (byte) 7);
        System.arraycopy(mixed, 0, mixed, 100_000, 20_000);
        contents.add(mixed);
        return contents;
    }

    private static byte[] frame(BLOCKSIZE size, byte[] content, Bits... bits) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long known = List.of(bits).contains(Bits.CONTENT_SIZE) ? content.length : -1;
        try (LZ4FrameOutputStream out = new LZ4FrameOutputStream(bytes, size, known, bits)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
