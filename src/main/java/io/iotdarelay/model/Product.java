package io.iotdarelay.model;

import java.util.Map;

/**
 * A product model, compiled.
 *
 * @param services by their IDs
 */
record Product(String id, Map<String, Service> services) {

    Product {
        services = Map.copyOf(services);
    }
}
