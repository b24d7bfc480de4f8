package io.iotdarelay.mapping;

import io.iotdarelay.settings.Suggestion;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Names one part of a record: a JSON Pointer (RFC 6901) into its value, all of the {@code value}, its {@code key}, {@code timestamp} (in milliseconds
 * since 1970), {@code topic}, or {@code header:NAME}. Key and headers are read as UTF-8 text; of several headers of one
 * name the last counts, as in Kafka. A JSON {@code null} is nothing.
 */
sealed interface Selector {

    /** RFC 6901, section 3. Jackson takes such a tilde for itself. */
    Pattern INVALID_ESCAPE = Pattern.compile("~(?![01]).?");

    /** Selectors that are words. */
    List<String> WORDS = List.of("value", "key", "timestamp", "topic", "header:");

    Pattern PATH_ENDS = Pattern.compile("^\\$[.\\[]?|]$");
    Pattern PATH_SIGNS = Pattern.compile("]?[.\\[/]");

    Result<JsonNode> select(SourceRecord record, JsonNode value);

    /** Compiles an expression; throws {@link IllegalArgumentException} that says what is wrong with it. */
    static Selector parse(String expression) {
        if (expression.isEmpty() || expression.startsWith("/")) {
            return new Pointer(pointer(expression));
        }
        if (expression.startsWith("header:") && expression.length() > "header:".length()) {
            return new Header(expression.substring("header:".length()));
        }
        return switch (expression) {
            case "key" -> new Key();
            case "timestamp" -> new Timestamp();
            case "topic" -> new Topic();
            case "value" -> new Pointer(JsonPointer.empty());
            default ->
                throw new IllegalArgumentException("'" + expression
                        + "' is no selector: use a JSON Pointer such as /a/b/0, or value, key, timestamp, topic, header:NAME"
                        + Suggestion.of(meant(expression)));
        };
    }

    /** The word that is nearly it, or a pointer that goes the way of the path: {@code $.a.b[0]}, {@code a.b}, {@code a/b}. */
    private static String meant(String expression) {
        return Suggestion.nearest(expression, WORDS)
                .orElseGet(() -> "/"
                        + PATH_SIGNS
                                .matcher(PATH_ENDS.matcher(expression).replaceAll(""))
                                .replaceAll("/"));
    }

    private static JsonPointer pointer(String expression) {
        Matcher invalid = INVALID_ESCAPE.matcher(expression);
        if (invalid.find()) {
            throw new IllegalArgumentException("'" + expression + "' is not a JSON Pointer: '" + invalid.group()
                    + "' is not an escape, write ~0 for ~ and ~1 for /");
        }
        return JsonPointer.compile(expression);
    }

    record Pointer(JsonPointer pointer) implements Selector {
        @Override
        public Result<JsonNode> select(SourceRecord record, JsonNode value) {
            JsonNode node = value.at(pointer);
            return node.isMissingNode() || node.isNull()
                    ? Result.nothing(pointer.matches() ? "the value is null" : pointer + " finds nothing")
                    : Result.found(node);
        }
    }

    /** The same for every record. */
    record Constant(JsonNode node) implements Selector {
        @Override
        public Result<JsonNode> select(SourceRecord record, JsonNode value) {
            return Result.found(node);
        }
    }

    record Key() implements Selector {
        @Override
        public Result<JsonNode> select(SourceRecord record, JsonNode value) {
            return text("key", record.key());
        }
    }

    record Timestamp() implements Selector {
        @Override
        public Result<JsonNode> select(SourceRecord record, JsonNode value) {
            return Result.found(
                    JsonNodeFactory.instance.numberNode(record.timestamp().toEpochMilli()));
        }
    }

    record Topic() implements Selector {
        @Override
        public Result<JsonNode> select(SourceRecord record, JsonNode value) {
            return Result.found(
                    JsonNodeFactory.instance.stringNode(record.position().topic()));
        }
    }

    record Header(String name) implements Selector {
        @Override
        public Result<JsonNode> select(SourceRecord record, JsonNode value) {
            byte @Nullable [] last = null;
            for (RecordHeader header : record.headers()) {
                if (header.name().equals(name)) {
                    last = header.value();
                }
            }
            return text("header:" + name, last);
        }
    }

    private static Result<JsonNode> text(String what, byte @Nullable [] bytes) {
        if (bytes == null) {
            return Result.nothing(what + " finds nothing");
        }
        try {
            return Result.found(JsonNodeFactory.instance.stringNode(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()));
        } catch (CharacterCodingException e) {
            return Result.failed(what + " is not UTF-8 text");
        }
    }
}
