package io.iotdarelay.decode;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Text, or none: never with replacement characters. */
public final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** The text that the bytes are; null if they are not UTF-8. */
    public static @Nullable String strict(byte[] bytes) {
        return strict(bytes, 0, bytes.length);
    }

    /** The same for some of the bytes. */
    public static @Nullable String strict(byte[] bytes, int from, int length) {
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : decoded(ByteBuffer.wrap(bytes, from, length));
    }

    static String text(byte[] bytes) throws FormatException {
        String text = strict(bytes);
        if (text == null) {
            throw new FormatException("the value is not UTF-8 text");
        }
        return text;
    }

    /** Slower, but tells a replacement from one that was sent. */
    private static @Nullable String decoded(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
