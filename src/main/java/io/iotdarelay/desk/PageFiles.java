package io.iotdarelay.desk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;

/** The files of the page, by the paths at which they are served: these and no others. They are few, and kept in memory. */
final class PageFiles {

    static final String HOME = "/";
    static final String PREFIX = "/desk/";

    private static final int TAG_BYTES = 12;

    private static final List<String> NAMES = List.of(
            "api.js",
            "chart.js",
            "desk.css",
            "desk.js",
            "devices.js",
            "dom.js",
            "en.json",
            "i18n.js",
            "icon.svg",
            "letters.js",
            "live.js",
            "overview.js",
            "parts.js",
            "pauses.js",
            "uPlot.iife.min.js",
            "uPlot.min.css",
            "zh.json");

    private static final Map<String, MediaType> TYPES = Map.of(
            "html", new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8),
            "js", new MediaType("text", "javascript", StandardCharsets.UTF_8),
            "css", new MediaType("text", "css", StandardCharsets.UTF_8),
            "json", MediaType.APPLICATION_JSON,
            "svg", new MediaType("image", "svg+xml"));

    private final Map<String, PageFile> files = new HashMap<>();

    PageFiles() {
        files.put(HOME, read("index.html"));
        NAMES.forEach(name -> files.put(PREFIX + name, read(name)));
    }

    Optional<PageFile> at(String path) {
        return Optional.ofNullable(files.get(path));
    }

    private static PageFile read(String name) {
        try {
            byte[] content = new ClassPathResource("desk/" + name).getContentAsByteArray();
            MediaType type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
            if (type == null) {
                throw new IllegalStateException(name + " has no type");
            }
            return new PageFile(content, type, tag(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tag(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return '"' + HexFormat.of().formatHex(digest, 0, TAG_BYTES) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
