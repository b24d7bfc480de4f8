package io.iotdarelay.readback;

import io.iotdarelay.decode.StrictJson;
import io.iotdarelay.telemetry.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * What one report says about one service.
 *
 * @param values of each property that the shadow can have, by the times of the report's entries; never none
 * @param time of the latest entry
 */
record Reported(Map<String, List<JsonNode>> values, Optional<Instant> time) {

    /** One report has few services, and hostile ones must not cost much. */
    private static final int MOST_SERVICES = 50;

    private static final int MOST_PROPERTIES = 500;

    /** The entries of a report; none if it is no JSON, which does not happen. */
    static Optional<ArrayNode> entries(Json report) {
        try {
            return StrictJson.tree(report.inBrackets()) instanceof ArrayNode entries
                    ? Optional.of(entries)
                    : Optional.empty();
        } catch (JacksonException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** By the services' IDs; those of which the shadow can have nothing are left out. */
    static Map<String, Reported> byService(ArrayNode entries) {
        Map<String, Reported> services = new LinkedHashMap<>();
        List<JsonNode> byTime = entries.valueStream()
                .sorted(Comparator.comparing(entry -> time(entry).orElse(Instant.MAX)))
                .toList();
        for (JsonNode entry : byTime) {
            String id = entry.path("service_id").asString("");
            if (isStorable(id) && (services.size() < MOST_SERVICES || services.containsKey(id))) {
                Reported before = services.get(id);
                Reported with = (before == null ? new Reported(new LinkedHashMap<>(), Optional.empty()) : before)
                        .with(entry.path("properties"), time(entry));
                if (!with.values().isEmpty()) {
                    services.put(id, with);
                }
            }
        }
        return services;
    }

    private Reported with(JsonNode properties, Optional<Instant> at) {
        for (Map.Entry<String, JsonNode> each : properties.properties()) {
            String name = each.getKey();
            if (isStorable(name)
                    && !each.getValue().isNull()
                    && (values.size() < MOST_PROPERTIES || values.containsKey(name))) {
                values.computeIfAbsent(name, any -> new ArrayList<>()).add(each.getValue());
            }
        }
        boolean isLater = time.isEmpty() || at.filter(time.get()::isBefore).isPresent();
        return new Reported(values, isLater ? at : time);
    }

    /** Names with these characters break the shadow: the value arrives, and is never seen. */
    private static boolean isStorable(String name) {
        return !name.isEmpty() && name.indexOf('.') < 0 && name.indexOf('$') < 0 && name.indexOf(0) < 0;
    }

    private static Optional<Instant> time(JsonNode entry) {
        String text = entry.path("event_time").asString("");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Whether it reported this value: as the last one, or before that in the same report. */
    boolean says(String property, JsonNode value) {
        List<JsonNode> said = values.getOrDefault(property, List.of());
        for (JsonNode each : said) {
            if (Comparison.isSame(each, value)) {
                return true;
            }
        }
        return false;
    }

    /** Whether this is the value that it leaves behind. */
    boolean leaves(String property, JsonNode value) {
        JsonNode last = last(property);
        return last != null && Comparison.isSame(last, value);
    }

    /** The last value of a property. */
    @Nullable
    JsonNode last(String property) {
        List<JsonNode> said = values.get(property);
        return said == null ? null : said.getLast();
    }
}
