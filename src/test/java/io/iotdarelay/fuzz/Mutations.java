package io.iotdarelay.fuzz;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Breaks bytes: some of them, here and there, or the way all of them are to be read. */
final class Mutations {

    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u",
            "\\ud800",
            "null",
            "1e9999999999",
            "/*",
            "\0",
            "\ufeff",
            "\n");

    private static final List<Charset> ENCODINGS = List.of(
            StandardCharsets.UTF_16LE,
            StandardCharsets.UTF_16BE,
            StandardCharsets.UTF_16,
            Charset.forName("UTF-32LE"),
            Charset.forName("UTF-32BE"),
            StandardCharsets.ISO_8859_1);

    private Mutations() {}

    /** The bytes, broken as often as asked for. */
    static byte[] broken(byte[] bytes, int times, RandomGenerator random) {
        byte[] broken = bytes;
        for (int i = 0; i < times; i++) {
            broken = once(broken, random);
        }
        return broken;
    }

    private static byte[] once(byte[] bytes, RandomGenerator random) {
        int at = random.nextInt(bytes.length + 1);
        return switch (random.nextInt(9)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> Arrays.copyOfRange(bytes, at, bytes.length);
            case 2, 3 -> flipped(bytes, random);
            case 4 -> spliced(bytes, at, Names.any(TOKENS, random).getBytes(StandardCharsets.UTF_8));
            case 5 -> spliced(bytes, at, new byte[] {(byte) random.nextInt(256), (byte) random.nextInt(256)});
            case 6 -> spliced(bytes, at, slice(bytes, random));
            case 7 -> without(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)));
            default -> new String(bytes, StandardCharsets.UTF_8).getBytes(Names.any(ENCODINGS, random));
        };
    }

    private static byte[] flipped(byte[] bytes, RandomGenerator random) {
        byte[] flipped = bytes.clone();
        if (flipped.length > 0) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private static byte[] slice(byte[] bytes, RandomGenerator random) {
        int begin = random.nextInt(bytes.length + 1);
        return Arrays.copyOfRange(bytes, begin, Math.min(bytes.length, begin + random.nextInt(200)));
    }

    private static byte[] without(byte[] bytes, int from, int to) {
        byte[] rest = Arrays.copyOf(bytes, bytes.length - (to - from));
        System.arraycopy(bytes, to, rest, from, bytes.length - to);
        return rest;
    }

    private static byte[] spliced(byte[] bytes, int at, byte[] more) {
        byte[] all = new byte[bytes.length + more.length];
        System.arraycopy(bytes, 0, all, 0, at);
        System.arraycopy(more, 0, all, at, more.length);
        System.arraycopy(bytes, at, all, at + more.length, bytes.length - at);
        return all;
    }
}
