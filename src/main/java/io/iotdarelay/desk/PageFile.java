package io.iotdarelay.desk;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.springframework.http.MediaType;

/** A file of the page. Its tag is that of its content: another version has another one. */
final class PageFile {

    private static final int TAG_BYTES = 12;

    private final byte[] content;
    private final MediaType type;
    private final String tag;

    PageFile(byte[] content, MediaType type) {
        this.content = content.clone();
        this.type = type;
        this.tag = '"' + HexFormat.of().formatHex(digest(content), 0, TAG_BYTES) + '"';
    }

    /** Not a copy: who gets it only reads it. */
    byte[] content() {
        return content;
    }

    MediaType type() {
        return type;
    }

    String tag() {
        return tag;
    }

    private static byte[] digest(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
