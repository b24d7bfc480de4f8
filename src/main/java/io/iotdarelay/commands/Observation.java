package io.iotdarelay.commands;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.decode.StrictJson;
import io.iotdarelay.decode.Utf8;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** What stands where in some records. */
final class Observation {

    /** A record may have any number of members. */
    private static final int MOST_PLACES = 1000;

    private static final int MOST_ELEMENTS = 8;

    /** How lists of name-value pairs call the name. */
    private static final List<String> NAMES =
            List.of("name", "n", "key", "tag", "metric", "param", "code", "id", "obis", "type");

    private final Map<String, Place> inValue = new LinkedHashMap<>();
    private final Map<String, Place> beside = new LinkedHashMap<>();
    private final Set<String> arrays = new HashSet<>();
    private final Map<String, Integer> trouble = new LinkedHashMap<>();
    private final RecordDecoders decoders = RecordDecoders.standard();
    private final Encoding encoding;
    private final List<SourceRecord> decoded = new ArrayList<>();
    private int empty;
    private int ownForm;

    Observation(List<SourceRecord> records) {
        this.encoding = Guess.encoding(records, decoders);
        records.forEach(this::add);
    }

    /** How the values are written, as far as that can be guessed. */
    Encoding encoding() {
        return encoding;
    }

    private void add(SourceRecord record) {
        byte[] value = record.value();
        if (value == null || value.length == 0) {
            empty++;
            return;
        }
        switch (decoders.of(encoding).decode(record)) {
            case Decoding.Undecodable undecodable ->
                trouble.merge(Guess.format(value) + ": " + undecodable.detail(), 1, Integer::sum);
            case Decoding.Awaiting awaiting ->
                trouble.merge(Guess.format(value) + ": " + awaiting.detail(), 1, Integer::sum);
            case Decoding.Decoded json -> {
                decoded.add(record);
                key(record);
                for (RecordHeader header : record.headers()) {
                    String text = text(header.value());
                    if (text != null) {
                        place(beside, "header:" + header.name(), null).add(record, StringNode.valueOf(text));
                    }
                }
                ownForm += isOwnForm(json.tree()) ? 1 : 0;
                flatten(record, json.tree(), json.tree().isContainer() ? "" : "value", null);
            }
        }
    }

    private void key(SourceRecord record) {
        byte[] bytes = record.key();
        if (bytes != null && (bytes.length == Integer.BYTES || bytes.length == Long.BYTES) && isBinary(bytes)) {
            // Its length says which kind of integer it is.
            place(beside, "key-bytes", null).add(record, StringNode.valueOf("0".repeat(bytes.length)));
            return;
        }
        String key = text(bytes);
        if (key == null) {
            return;
        }
        place(beside, "key", null).add(record, StringNode.valueOf(key));
        JsonNode json = json(key);
        if (json != null) {
            json.forEachEntry((name, member) -> {
                if (member.isValueNode()) {
                    place(beside, "key:/" + escaped(name), null).add(record, member);
                }
            });
        }
    }

    private static boolean isBinary(byte[] bytes) {
        for (byte each : bytes) {
            if (each >= 0 && each < ' ') {
                return true;
            }
        }
        return false;
    }

    private static boolean isOwnForm(JsonNode tree) {
        JsonNode services = tree.path("services");
        return services.isArray()
                && !services.isEmpty()
                && services.valueStream()
                        .allMatch(service -> service.path("service_id").isString()
                                && service.path("properties").isObject());
    }

    private void flatten(SourceRecord record, JsonNode node, String path, @Nullable String inner) {
        switch (node.getNodeType()) {
            case OBJECT -> node.forEachEntry((name, member) -> below(record, member, path, inner, escaped(name)));
            case ARRAY -> array(record, node, path, inner);
            case STRING -> {
                JsonNode json = inner == null ? json(node.asString()) : null;
                if (json == null) {
                    place(inValue, path, inner).add(record, node);
                } else {
                    flatten(record, json, path, "");
                }
            }
            default -> place(inValue, path, inner).add(record, node);
        }
    }

    /** JSON in a text, if it is an object. */
    private static @Nullable JsonNode json(String text) {
        if (!text.stripLeading().startsWith("{")) {
            return null;
        }
        try {
            return StrictJson.reader().readTree(text);
        } catch (JacksonException | NumberFormatException e) {
            return null;
        }
    }

    private void array(SourceRecord record, JsonNode array, String path, @Nullable String inner) {
        if (array.isEmpty() || array.valueStream().allMatch(JsonNode::isString)) {
            place(inValue, path, inner).add(record, array);
            return;
        }
        String name = nameOf(array);
        if (name == null && array.valueStream().anyMatch(JsonNode::isContainer)) {
            arrays.add(path);
        }
        for (int i = 0; i < (name == null ? Math.min(array.size(), MOST_ELEMENTS) : array.size()); i++) {
            JsonNode element = array.get(i);
            if (name == null) {
                below(record, element, path, inner, String.valueOf(i));
            } else {
                String step =
                        "[" + escaped(name) + "=" + escaped(element.path(name).asString()) + "]";
                element.forEachEntry((member, value) -> {
                    if (!member.equals(name)) {
                        below(record, value, path, inner, step + "/" + escaped(member));
                    }
                });
            }
        }
    }

    /** The member that names each element, if there is one. */
    private static @Nullable String nameOf(JsonNode array) {
        return NAMES.stream()
                .filter(name -> array.valueStream()
                        .allMatch(element -> element.path(name).isString()))
                .filter(name -> array.valueStream()
                                .map(element -> element.path(name).asString())
                                .collect(Collectors.toSet())
                                .size()
                        == array.size())
                .findFirst()
                .orElse(null);
    }

    private void below(SourceRecord record, JsonNode node, String path, @Nullable String inner, String step) {
        if (inner == null) {
            flatten(record, node, path + "/" + step, null);
        } else {
            flatten(record, node, path, inner + "/" + step);
        }
    }

    private static Place place(Map<String, Place> places, String selector, @Nullable String inner) {
        String key = inner == null ? selector : selector + " " + inner;
        if (places.size() >= MOST_PLACES && !places.containsKey(key)) {
            return new Place(selector, inner);
        }
        return places.computeIfAbsent(key, unused -> new Place(selector, inner));
    }

    static String escaped(String name) {
        return Pointers.escaped(name);
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : Utf8.strict(bytes);
    }

    /** Places in the values that hold something. */
    List<Place> inValue() {
        return inValue.values().stream().filter(place -> place.values() > 0).toList();
    }

    /** Keys and headers. */
    List<Place> beside() {
        return List.copyOf(beside.values());
    }

    /** Arrays of readings. */
    Set<String> arrays() {
        return Set.copyOf(arrays);
    }

    /** The records that are JSON. */
    List<SourceRecord> decoded() {
        return List.copyOf(decoded);
    }

    /** What the others are, each with their number. */
    Map<String, Integer> trouble() {
        return Map.copyOf(trouble);
    }

    int empty() {
        return empty;
    }

    boolean isOwnForm() {
        return !decoded.isEmpty() && ownForm == decoded.size();
    }
}
