package io.iotdarelay.desk;

import org.springframework.http.MediaType;

/** A file of the page. Its tag is that of its content: another version has another one. */
final class PageFile {

    private final byte[] content;
    private final MediaType type;
    private final String tag;

    PageFile(byte[] content, MediaType type, String tag) {
        this.content = content.clone();
        this.type = type;
        this.tag = tag;
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
}
