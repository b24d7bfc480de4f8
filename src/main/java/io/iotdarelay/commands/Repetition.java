package io.iotdarelay.commands;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * An array of objects that stands in one place of many records.
 *
 * @param path where it is, as a JSON Pointer; empty where it is the whole value
 * @param records how many records have it
 * @param elements all elements, each with its record
 */
record Repetition(String path, int records, List<Sample> elements, Optional<Pairs> pairs) {

    private static final int MOST_PATHS = 20;
    private static final int MOST_ELEMENTS = 20_000;
    private static final int DEEPEST = 3;

    /** How the values of name-value pairs are called, SenML's among them. */
    private static final List<String> VALUES =
            List.of("value", "v", "vs", "vb", "val", "Value", "data", "reading", "result");

    private static final Pattern READINGS =
            Pattern.compile("(?i)(.*_)?(readings?|values?|data|measure(ment)?s?|records?"
                    + "|items?|devices?|obj|messages?|series|points?|samples?|telemetry|metrics?|events?|list|rows?|sensors?|reports?"
                    + "|entries|batch)");

    /**
     * How the elements of a list of name-value pairs are read.
     *
     * @param name the member that names each
     * @param values the members that hold the values: one of them in each
     */
    record Pairs(String name, List<String> values) {}

    /** Of all arrays of objects that the records have. */
    static List<Repetition> in(List<Sample> samples) {
        Map<String, List<Sample>> found = new LinkedHashMap<>();
        samples.forEach(sample -> collect(sample, sample.tree(), "", 0, found));
        List<Repetition> repetitions = new ArrayList<>();
        found.forEach((path, arrays) -> {
            List<Sample> elements = arrays.stream()
                    .flatMap(array -> array.tree().valueStream().map(element -> new Sample(array.record(), element)))
                    .limit(MOST_ELEMENTS)
                    .toList();
            if (!elements.isEmpty()
                    && elements.stream().allMatch(element -> element.tree().isObject())) {
                repetitions.add(new Repetition(path, arrays.size(), elements, pairs(arrays, elements)));
            }
        });
        return repetitions;
    }

    private static void collect(Sample sample, JsonNode node, String path, int depth, Map<String, List<Sample>> found) {
        if (node.isArray() && (found.containsKey(path) || found.size() < MOST_PATHS)) {
            found.computeIfAbsent(path, unused -> new ArrayList<>()).add(new Sample(sample.record(), node));
        } else if (node.isObject() && depth < DEEPEST) {
            node.forEachEntry(
                    (name, member) -> collect(sample, member, path + "/" + Pointers.escaped(name), depth + 1, found));
        }
    }

    /** A name, a value, and what else may stand beside: a time, a unit, a quality. */
    private static Optional<Pairs> pairs(List<Sample> arrays, List<Sample> elements) {
        Optional<String> name = arrays.stream()
                .filter(array -> !array.tree().isEmpty())
                .findFirst()
                .flatMap(array -> Places.nameOf(array.tree()))
                .or(() -> named(elements));
        List<String> values = VALUES.stream()
                .filter(value -> elements.stream()
                        .anyMatch(element -> element.tree().path(value).isValueNode()))
                .toList();
        boolean always = name.isPresent()
                && elements.stream()
                        .allMatch(element -> element.tree().path(name.get()).isString()
                                && values.stream().anyMatch(element.tree()::has));
        return always ? Optional.of(new Pairs(name.get(), values)) : Optional.empty();
    }

    /** The same name may occur at several times. */
    private static Optional<String> named(List<Sample> elements) {
        return List.of("n", "name", "tag", "metric", "id").stream()
                .filter(name -> elements.stream()
                        .allMatch(element -> element.tree().path(name).isString()))
                .findFirst();
    }

    /** As a selector. */
    String selector() {
        return path.isEmpty() ? "value" : path;
    }

    /** Whether the array is the whole value. */
    boolean isWhole() {
        return path.isEmpty();
    }

    /** Whether its name says that readings are in it. */
    boolean isCalledReadings() {
        return READINGS.matcher(path.substring(path.lastIndexOf('/') + 1)).matches();
    }

    /** What stands where in the elements. */
    Places places() {
        Places places = new Places(".", Set.of());
        elements.forEach(element -> places.add(element.record(), element.tree()));
        return places;
    }
}
