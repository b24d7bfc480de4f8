package io.iotdarelay.commands;

import io.iotdarelay.decode.StrictJson;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What stands where in some trees: of records, or of the elements of an array. */
final class Places {

    /** A record may have any number of members. */
    private static final int MOST_PLACES = 1000;

    private static final int MOST_ELEMENTS = 8;
    private static final int MOST_NAMES = 200;

    /** How lists of name-value pairs call the name. */
    private static final List<String> NAMES = List.of(
            "name",
            "n",
            "key",
            "tag",
            "metric",
            "param",
            "code",
            "id",
            "obis",
            "type",
            "dataPointId",
            "tagName",
            "point",
            "field",
            "variable",
            "label");

    private final String root;
    private final Set<String> excluded;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Set<String> arrays = new LinkedHashSet<>();
    private int trees;

    /**
     * Nothing has been seen yet.
     *
     * @param root how selectors begin: empty for records, a dot for elements
     * @param excluded selectors of what is left out
     */
    Places(String root, Set<String> excluded) {
        this.root = root;
        this.excluded = Set.copyOf(excluded);
    }

    /** Takes a tree into account. */
    void add(SourceRecord record, JsonNode tree) {
        trees++;
        flatten(record, tree, root, null);
    }

    /** Takes a single value into account. */
    void add(SourceRecord record, String selector, JsonNode value) {
        place(selector, null).add(record, value);
    }

    private void flatten(SourceRecord record, JsonNode node, String path, @Nullable String inner) {
        if (inner == null && excluded.contains(path)) {
            return;
        }
        switch (node.getNodeType()) {
            case OBJECT ->
                node.forEachEntry((name, member) -> below(record, member, path, inner, Pointers.escaped(name)));
            case ARRAY -> array(record, node, path, inner);
            case STRING -> {
                Optional<JsonNode> json = inner == null ? json(node.asString()) : Optional.empty();
                if (json.isEmpty()) {
                    leaf(path, inner).add(record, node);
                } else {
                    flatten(record, json.get(), path, "");
                }
            }
            default -> leaf(path, inner).add(record, node);
        }
    }

    /** JSON in a text, if it is an object. */
    static Optional<JsonNode> json(String text) {
        if (!text.stripLeading().startsWith("{")) {
            return Optional.empty();
        }
        try {
            return Optional.of(StrictJson.reader().readTree(text));
        } catch (JacksonException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private void array(SourceRecord record, JsonNode array, String path, @Nullable String inner) {
        if (array.isEmpty() || array.valueStream().allMatch(JsonNode::isString)) {
            leaf(path, inner).add(record, array);
            return;
        }
        Optional<String> name = nameOf(array);
        if (name.isEmpty() && array.valueStream().anyMatch(JsonNode::isContainer)) {
            arrays.add(path);
        }
        int most = name.isEmpty() ? MOST_ELEMENTS : MOST_NAMES;
        for (int i = 0; i < Math.min(array.size(), most); i++) {
            JsonNode element = array.get(i);
            if (name.isEmpty()) {
                below(record, element, path, inner, String.valueOf(i));
            } else {
                String step = "[" + Pointers.escaped(name.get()) + "="
                        + Pointers.escaped(element.path(name.get()).asString()) + "]";
                element.forEachEntry((member, value) -> {
                    if (!member.equals(name.get())) {
                        below(record, value, path, inner, step + "/" + Pointers.escaped(member));
                    }
                });
            }
        }
    }

    /** The member that names each element, if there is one. */
    static Optional<String> nameOf(JsonNode array) {
        return NAMES.stream().filter(name -> names(array, name)).findFirst();
    }

    private static boolean names(JsonNode array, String name) {
        Set<String> distinct = new HashSet<>();
        return array.valueStream()
                .allMatch(element -> element.path(name).isString()
                        && distinct.add(element.path(name).asString()));
    }

    private void below(SourceRecord record, JsonNode node, String path, @Nullable String inner, String step) {
        if (inner == null) {
            flatten(record, node, path + "/" + step, null);
        } else {
            flatten(record, node, path, inner + "/" + step);
        }
    }

    private Place leaf(String path, @Nullable String inner) {
        return place(path.isEmpty() ? "value" : path, inner);
    }

    private Place place(String selector, @Nullable String inner) {
        String key = inner == null ? selector : selector + " " + inner;
        if (places.size() >= MOST_PLACES && !places.containsKey(key)) {
            return new Place(selector, inner);
        }
        return places.computeIfAbsent(key, unused -> new Place(selector, inner));
    }

    /** Places that hold something, in the order in which they were met. */
    List<Place> all() {
        return places.values().stream().filter(place -> place.values() > 0).toList();
    }

    /** Arrays of which only the first elements were looked at. */
    Set<String> arrays() {
        return new LinkedHashSet<>(arrays);
    }

    /** How many trees there were. */
    int trees() {
        return trees;
    }
}
