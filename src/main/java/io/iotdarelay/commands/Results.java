package io.iotdarelay.commands;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a verb found or did, device by device, or product by product: printed as it comes, since there may be more than fit into memory. As
 * lines of text, or as one document of JSON.
 */
final class Results {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                    .build())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private static final int MILLIS = 1000;

    private final PrintWriter out;
    private final Progress progress;
    private final String subject;
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final @Nullable JsonGenerator json;

    /**
     * Nothing is printed yet.
     *
     * @param subject what each result is about, as the name of its ID in JSON
     * @param kinds the results that there may be, each counted even if there is none
     */
    Results(Surroundings here, Progress progress, boolean asJson, String subject, List<String> kinds) {
        this.out = here.out();
        this.progress = progress;
        this.subject = subject;
        kinds.forEach(kind -> counts.put(kind, 0L));
        this.json = asJson ? JSON.createGenerator(out) : null;
        if (json != null) {
            json.writeStartObject();
            json.writeArrayPropertyStart("results");
        }
    }

    /** Prints one. The detail holds no secret; it may be empty. */
    void add(String kind, String id, String detail) {
        counts.merge(kind, 1L, Long::sum);
        progress.clear();
        if (json == null) {
            out.println(String.format(Locale.ROOT, "%-13s  %s", kind, id) + (detail.isEmpty() ? "" : "  " + detail));
        } else {
            json.writeStartObject();
            json.writeStringProperty(subject, id);
            json.writeStringProperty("result", kind);
            if (!detail.isEmpty()) {
                json.writeStringProperty("detail", detail);
            }
            json.writeEndObject();
        }
    }

    /** Counts one that is not printed. */
    void tally(String kind) {
        counts.merge(kind, 1L, Long::sum);
    }

    long count(String... kinds) {
        long sum = 0;
        for (String kind : kinds) {
            sum += counts.getOrDefault(kind, 0L);
        }
        return sum;
    }

    /**
     * Prints the end.
     *
     * @param unfinished why not everything was done, if so
     */
    void end(long calls, Duration took, Optional<String> unfinished) {
        progress.clear();
        if (json == null) {
            StringBuilder summary = new StringBuilder();
            counts.forEach((kind, count) ->
                    summary.append(kind).append(' ').append(count).append(", "));
            out.println(summary + String.valueOf(calls) + " calls, "
                    + String.format(Locale.ROOT, "%.1f s", took.toMillis() / (double) MILLIS));
            unfinished.ifPresent(why -> out.println("not finished: " + why));
        } else {
            json.writeEndArray();
            json.writeObjectPropertyStart("summary");
            counts.forEach(json::writeNumberProperty);
            json.writeEndObject();
            json.writeNumberProperty("calls", calls);
            json.writeNumberProperty("milliseconds", took.toMillis());
            json.writeBooleanProperty("finished", unfinished.isEmpty());
            unfinished.ifPresent(why -> json.writeStringProperty("reason", why));
            json.writeEndObject();
            json.close();
            out.println();
        }
        out.flush();
    }
}
