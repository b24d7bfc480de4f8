package io.iotdarelay.commands;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The form of Telegraf and Influx: a measurement with tags, and an object of fields whose names are those of properties.
 *
 * @param name the member that names the measurement
 * @param plain whether all names can be those of services and properties as they are
 */
record Measurements(String name, boolean plain) {

    private static final String FIELDS = "fields";

    /** If all trees have it. */
    static Optional<Measurements> in(List<Sample> samples) {
        return List.of("measurement", "name").stream()
                .filter(name ->
                        !samples.isEmpty() && samples.stream().allMatch(sample -> isMeasurement(sample.tree(), name)))
                .findFirst()
                .map(name -> new Measurements(name, samples.stream().allMatch(sample -> isPlain(sample.tree(), name))));
    }

    private static boolean isMeasurement(JsonNode tree, String name) {
        return tree.path(name).isString()
                && tree.path(FIELDS).isObject()
                && tree.path("tags").isObject()
                && tree.path(FIELDS).valueStream().allMatch(JsonNode::isValueNode);
    }

    private static boolean isPlain(JsonNode tree, String name) {
        return DraftNames.isPossible(tree.path(name).asString())
                && tree.path(FIELDS).propertyNames().stream().allMatch(DraftNames::isPossible);
    }
}
