package io.iotdarelay.decode;

import io.iotdarelay.telemetry.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a record says about its value.
 *
 * @param timestamp that of the record
 * @param expanded whether the value was compressed, so that a few bytes of the record may stand for many
 */
record Headers(List<RecordHeader> all, Instant timestamp, boolean expanded) {

    static final Headers NONE = new Headers(List.of(), Instant.EPOCH, false);

    /** Of a value that was decompressed. */
    Headers ofExpanded() {
        return new Headers(all, timestamp, true);
    }

    /** Of a value inside the value. */
    Headers withContentType(String type) {
        return new Headers(
                List.of(new RecordHeader("content-type", type.getBytes(StandardCharsets.UTF_8))), timestamp, expanded);
    }

    /**
     * The media type in lower case and without parameters; in the header {@code content-type}, or {@code contentType}, as Spring
     * writes it.
     */
    Optional<String> mediaType() {
        return contentType().map(Headers::mediaType);
    }

    Optional<String> contentType() {
        return last("contenttype");
    }

    Optional<String> contentEncoding() {
        return last("contentencoding").map(text -> text.toLowerCase(Locale.ROOT));
    }

    static String mediaType(String contentType) {
        int parameters = contentType.indexOf(';');
        return (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    /** Of several headers the last counts, as in Kafka. Some serializers write them as JSON texts. */
    private Optional<String> last(String name) {
        for (RecordHeader header : all.reversed()) {
            byte[] value = header.value();
            if (value != null && header.name().replace("-", "").equalsIgnoreCase(name)) {
                String text = new String(value, StandardCharsets.UTF_8).strip();
                return Optional.of(
                        text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
                                ? text.substring(1, text.length() - 1)
                                : text);
            }
        }
        return Optional.empty();
    }
}
