package io.iotdarelay.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a route declares to send, as far as it is known before the first record.
 *
 * @param path where the route is configured, from {@code relay} on
 * @param name the route's name
 * @param product the product of its devices, where the route names one
 * @param validation what is done with its reports that do not fit; the general setting without
 * @param services those whose IDs are known
 */
public record RouteShape(
        String path,
        String name,
        @Nullable String product,
        @Nullable Validation validation,
        List<OfService> services) {

    public RouteShape {
        services = List.copyOf(services);
    }

    /**
     * A service.
     *
     * @param open whether records name further properties
     */
    public record OfService(String path, String id, boolean open, Map<String, OfProperty> properties) {

        public OfService {
            properties = Map.copyOf(properties);
        }
    }

    /**
     * A property.
     *
     * @param type the type that the route's rule yields, where it says one
     * @param constants the values that are known: a constant, a default
     */
    public record OfProperty(String path, @Nullable DataType type, List<JsonNode> constants) {

        public OfProperty {
            constants = List.copyOf(constants);
        }
    }
}
