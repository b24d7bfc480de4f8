package io.iotdarelay.desk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.web.util.HtmlUtils;
import org.webjars.WebJarVersionLocator;

/** The files of the page, by the paths at which they are served: these and no others. They are few, and kept in memory. */
final class PageFiles {

    static final String HOME = "/";
    static final String PREFIX = "/desk/";
    static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

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
            "zh.json");

    /** Of a WebJar: so their version is locked where all versions are. */
    private static final String LIBRARY = "uplot";

    private static final List<String> NAMES_OF_LIBRARY = List.of("uPlot.iife.min.js", "uPlot.min.css");

    private static final Map<String, MediaType> TYPES = Map.of(
            "html", HTML,
            "js", new MediaType("text", "javascript", StandardCharsets.UTF_8),
            "css", new MediaType("text", "css", StandardCharsets.UTF_8),
            "json", MediaType.APPLICATION_JSON,
            "svg", new MediaType("image", "svg+xml"));

    private final Map<String, PageFile> files = new HashMap<>();

    /**
     * The files.
     *
     * @param actuator where the API is, without a slash in front
     */
    PageFiles(String actuator) {
        files.put(HOME, home(actuator));
        NAMES.forEach(name -> files.put(PREFIX + name, read("desk/" + name)));
        WebJarVersionLocator library = new WebJarVersionLocator();
        NAMES_OF_LIBRARY.forEach(name -> files.put(PREFIX + name, read(path(library, name))));
    }

    Optional<PageFile> at(String path) {
        return Optional.ofNullable(files.get(path));
    }

    private static PageFile home(String actuator) {
        String text = new String(read("desk/index.html").content(), StandardCharsets.UTF_8);
        return new PageFile(
                text.replace("{actuator}", HtmlUtils.htmlEscape(actuator)).getBytes(StandardCharsets.UTF_8), HTML);
    }

    private static String path(WebJarVersionLocator library, String name) {
        String path = library.fullPath(LIBRARY, "dist/" + name);
        if (path == null) {
            throw new IllegalStateException("there is no WebJar " + LIBRARY);
        }
        return path;
    }

    private static PageFile read(String name) {
        try {
            byte[] content = new ClassPathResource(name).getContentAsByteArray();
            MediaType type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
            if (type == null) {
                throw new IllegalStateException(name + " has no type");
            }
            return new PageFile(content, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
