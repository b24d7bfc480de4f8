package io.iotdarelay.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of the documentation. The part between {@code <!-- generated: NAME -->} and {@code <!-- end -->} is generated from the
 * code; the rest is written by hand.
 */
record Page(Path file, String text) {

    private static final Pattern BLOCK = Pattern.compile("(?s)(<!-- generated: (?<name>[^>]+) -->\n).*?(<!-- end -->)");

    static Page read(String name) {
        try {
            Path file = Path.of("docs", name).normalize();
            return new Page(file, Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of its blocks. */
    List<String> blocks() {
        List<String> names = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group("name"));
        }
        return names;
    }

    /** A copy with these blocks. */
    Page with(Map<String, String> blocks) {
        return new Page(file, BLOCK.matcher(text).replaceAll(block -> {
            String content = blocks.get(block.group("name"));
            if (content == null) {
                throw new IllegalStateException(file + " wants '" + block.group("name") + "', which nobody makes");
            }
            return Matcher.quoteReplacement(block.group(1) + content + block.group(3));
        }));
    }

    void write() {
        try {
            Files.writeString(file, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
