package io.iotdarelay.commands;

/** Names in JSON Pointers. */
final class Pointers {

    private Pointers() {}

    /** A name as it stands in a pointer. */
    static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** The name that stands in a pointer. */
    static String unescaped(String token) {
        return token.replace("~1", "/").replace("~0", "~");
    }
}
