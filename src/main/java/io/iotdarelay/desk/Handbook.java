package io.iotdarelay.desk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.AttributeProvider;
import org.commonmark.renderer.html.HtmlRenderer;
import org.springframework.core.io.ClassPathResource;

/**
 * The documentation of this version, as pages: a red light leads to it where no other site can be reached. Its links among each other
 * work; what they name besides is in the repository.
 */
final class Handbook {

    static final String PREFIX = PageFiles.PREFIX + "docs/";

    private static final String REPOSITORY = "https://github.com/iotda-relay/iotda-relay/blob/main/docs/";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z-]{0,40}\\.md");
    private static final Pattern WITHIN = Pattern.compile("([a-z][a-z-]{0,40}\\.md)?(#.*)?");

    private final Parser parser;
    private final HtmlRenderer renderer;

    Handbook() {
        List<Extension> extensions = List.of(TablesExtension.create(), HeadingAnchorExtension.create());
        this.parser = Parser.builder().extensions(extensions).build();
        this.renderer = HtmlRenderer.builder()
                .extensions(extensions)
                .escapeHtml(true)
                .attributeProviderFactory(context -> new Links())
                .build();
    }

    /** The page at a path; nothing if there is none. */
    Optional<byte[]> at(String path) {
        if (!path.startsWith(PREFIX)
                || !NAME.matcher(path.substring(PREFIX.length())).matches()) {
            return Optional.empty();
        }
        String name = path.substring(PREFIX.length());
        ClassPathResource file = new ClassPathResource("desk/docs/" + name);
        return file.exists() ? Optional.of(page(name, text(file)).getBytes(StandardCharsets.UTF_8)) : Optional.empty();
    }

    private String page(String name, String markdown) {
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s – iotda-relay</title>
                <link rel="icon" href="../icon.svg" type="image/svg+xml">
                <link rel="stylesheet" href="../desk.css">
                </head>
                <body class="handbook">
                <header><a href="../../">iotda-relay</a> <a href="operations.md">Operations</a> <a href="api.md">API</a> \
                <a href="configuration.md">Configuration</a></header>
                <main>
                %s</main>
                </body>
                </html>
                """.formatted(name, renderer.render(parser.parse(markdown)));
    }

    private static String text(ClassPathResource file) {
        try {
            return file.getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Links implements AttributeProvider {

        @Override
        public void setAttributes(Node node, String tag, Map<String, String> attributes) {
            attributes.computeIfPresent("href", (name, link) -> isHere(link) ? link : elsewhere(link));
            if (tag.equals("table")) {
                attributes.put("tabindex", "0"); // a wide one scrolls
            }
        }

        private static boolean isHere(String link) {
            return link.contains("://") || WITHIN.matcher(link).matches();
        }

        private static String elsewhere(String link) {
            return URI.create(REPOSITORY).resolve(link).toString();
        }
    }
}
