package io.iotdarelay.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the platform does with values that do not fit the product model. The documents say that they are silently discarded,
 * but not how much is discarded with them.
 */
public enum ModelFilter {
    /** The value alone is discarded. */
    SILENT_PROPERTY,
    /** The entry of {@code services} is discarded. */
    SILENT_SERVICE,
    /** Everything in the request is discarded. */
    SILENT_REQUEST,
    /** The request is refused; undocumented, for clients that need to know. */
    STRICT;

    /** Whether an entry breaks the model of its product. */
    static boolean breaks(@Nullable SimulatedProduct product, JsonNode entry, boolean enforceRequired) {
        return product != null && !fitting(product, entry, enforceRequired).equals(entry.path("properties"));
    }

    /**
     * The values of an entry that fit. An unknown service has none.
     *
     * @param enforceRequired whether a service that lacks a mandatory value has none either
     */
    static ObjectNode fitting(SimulatedProduct product, JsonNode entry, boolean enforceRequired) {
        Map<String, SimulatedProduct.Property> service =
                product.services().get(entry.path("service_id").asString(""));
        ObjectNode kept = ((ObjectNode) entry.path("properties")).deepCopy();
        if (service == null) {
            return kept.removeAll();
        }
        Map<String, JsonNode> values = new LinkedHashMap<>();
        kept.properties().forEach(value -> values.put(value.getKey(), value.getValue()));
        values.forEach((name, value) -> {
            SimulatedProduct.Property property = service.get(name);
            if (property == null || !property.takes(value)) {
                kept.remove(name);
            }
        });
        boolean incomplete = enforceRequired
                && service.entrySet().stream()
                        .anyMatch(property -> property.getValue().required() && !kept.has(property.getKey()));
        return incomplete ? kept.removeAll() : kept;
    }
}
