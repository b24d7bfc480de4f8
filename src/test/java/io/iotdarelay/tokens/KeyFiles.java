package io.iotdarelay.tokens;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.SplittableRandom;

/** Writes files of keys. */
final class KeyFiles {

    private KeyFiles() {}

    static void write(Path directory, String id, long seed) {
        write(directory, id, content(seed));
    }

    static void write(Path directory, String id, String content) {
        try {
            Files.writeString(directory.resolve(id), content, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path directory, String id) {
        try {
            Files.delete(directory.resolve(id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String content(long seed) {
        byte[] key = new byte[32];
        new SplittableRandom(seed).nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }
}
