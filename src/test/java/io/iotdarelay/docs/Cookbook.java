package io.iotdarelay.docs;

import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The shapes that {@code ShapesTest} runs, as sections of a page. */
final class Cookbook {

    private static final Path SHAPES = Path.of("src/test/resources/shapes");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** What one folder holds. */
    private record Shape(Path folder, String title, String note) {

        static Shape in(Path folder) {
            String[] parts = Yaml.text(folder.resolve("note.md")).split("\n", 2);
            if (parts.length < 2 || !parts[0].startsWith("# ") || parts[1].isBlank()) {
                throw new IllegalStateException(folder + "/note.md needs a title and a sentence");
            }
            return new Shape(folder, parts[0].substring(2), parts[1].strip());
        }

        String section() {
            return "## " + title + "\n\n" + note + "\n\n" + record() + "\n```yaml\n"
                    + Yaml.text(folder.resolve("route.yaml")).strip() + "\n```\n\n" + requests();
        }

        String link() {
            String anchor = title.toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
            return "- [" + title + "](#" + anchor + ")\n";
        }

        private String record() {
            JsonNode record = JSON.readTree(folder.resolve("record.json"));
            StringBuilder text = new StringBuilder();
            JsonNode key = record.path("key");
            if (!key.isMissingNode()) {
                text.append("Key: ").append(shown(key)).append("\n\n");
            }
            for (JsonNode header : record.path("headers")) {
                text.append("Header `")
                        .append(header.path("name").asString())
                        .append("`: ")
                        .append(shown(header.path("value")))
                        .append("\n\n");
            }
            text.append("Value:\n\n").append(value());
            if (Yaml.text(folder.resolve("route.yaml")).contains("timestamp")
                    || Yaml.text(folder.resolve("requests.json")).contains(time(record))) {
                text.append("\nThe record's timestamp: `").append(time(record)).append("`\n");
            }
            return text.toString();
        }

        private static String time(JsonNode record) {
            return Instant.ofEpochMilli(record.path("timestamp").asLong())
                    .toString()
                    .replaceFirst(":(\\d\\d)Z$", ":$1.000Z");
        }

        private static String shown(JsonNode text) {
            return text.isString()
                    ? "`" + text.asString() + "`"
                    : "`" + text.path("hex").asString() + "` in hexadecimal";
        }

        private String value() {
            byte[] value = bytes(valueFile());
            String text = text(value);
            if (text == null) {
                String hex = HexFormat.of().formatHex(value).replaceAll("(.{80})", "$1\n");
                return "```text\n" + hex.strip() + "\n```\n\nin hexadecimal.\n";
            }
            try {
                return "```json\n" + printed(JSON.readTree(text)) + "\n```\n";
            } catch (JacksonException e) {
                return "```text\n" + text.strip() + "\n```\n";
            }
        }

        private Path valueFile() {
            try (Stream<Path> files = Files.list(folder)) {
                return files.filter(file -> file.getFileName().toString().startsWith("value."))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException(folder + " has no value"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String requests() {
            StringBuilder text = new StringBuilder();
            for (JsonNode request : JSON.readTree(folder.resolve("requests.json"))) {
                text.append("`")
                        .append(request.path("sender").asString())
                        .append("` sends\n\n```json\n")
                        .append(printed(request.path("body")))
                        .append("\n```\n\n");
            }
            return text.toString().strip() + "\n";
        }

        private static @Nullable String text(byte[] value) {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(value))
                        .toString();
                return text.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\t' && c != '\r') ? null : text;
            } catch (CharacterCodingException e) {
                return null;
            }
        }

        private static byte[] bytes(Path file) {
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Cookbook() {}

    static Map<String, String> blocks() {
        List<Shape> shapes = shapes();
        return Map.of(
                "contents",
                "\n" + shapes.stream().map(Shape::link).collect(Collectors.joining()) + "\n",
                "shapes",
                "\n" + shapes.stream().map(Shape::section).collect(Collectors.joining("\n")) + "\n");
    }

    private static List<Shape> shapes() {
        try (Stream<Path> folders = Files.list(SHAPES)) {
            return folders.filter(Files::isDirectory)
                    .map(Shape::in)
                    .sorted(Comparator.comparing(Shape::title, String.CASE_INSENSITIVE_ORDER))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String printed(JsonNode tree) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        return JSON.writer()
                .with(new DefaultPrettyPrinter(
                                Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER))
                        .withArrayIndenter(indenter)
                        .withObjectIndenter(indenter))
                .writeValueAsString(tree);
    }
}
