package io.iotdarelay.model;

import java.util.List;
import java.util.Map;

/**
 * A service of a product model, compiled.
 *
 * @param properties by their names
 * @param required the names of those that the model marks as required
 */
record Service(String id, Map<String, Property> properties, List<String> required) {

    Service {
        properties = Map.copyOf(properties);
        required = List.copyOf(required);
    }

    static Service of(String id, Map<String, Property> properties) {
        return new Service(
                id,
                properties,
                properties.values().stream()
                        .filter(Property::required)
                        .map(Property::name)
                        .sorted()
                        .toList());
    }
}
