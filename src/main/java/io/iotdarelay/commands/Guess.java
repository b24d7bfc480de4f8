package io.iotdarelay.commands;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Guesses the format of a value that is not JSON, by its first bytes. */
final class Guess {

    private static final Pattern INFLUX = Pattern.compile("(?s)[^ ,=\\n]+(,[^ =]+=[^ ]+)* [^ =]+=[^\\n]*.*");
    private static final int BYTE = 0xff;

    private Guess() {}

    static String format(byte[] value) {
        int first = value[0] & BYTE;
        int second = value.length > 1 ? value[1] & BYTE : 0;
        if (first == 0) {
            return "a schema registry's wire format";
        }
        if (first == 0x1f && second == 0x8b) {
            return "gzip";
        }
        if (first == 0x28 && second == 0xb5) {
            return "zstd";
        }
        String text = new String(value, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            return "binary";
        }
        if (first == '{' || first == '[') {
            return text.strip().contains("\n{") ? "JSON Lines" : "invalid JSON";
        }
        if (first == '<') {
            return "XML";
        }
        if (INFLUX.matcher(text).matches()) {
            return "Influx line protocol, perhaps";
        }
        return text.contains(",") || text.contains(";") ? "CSV, perhaps" : "text";
    }
}
