package io.iotdarelay.appside;

import io.iotdarelay.telemetry.Json;

/**
 * A product with its model.
 *
 * @param model the answer as it came: an object with {@code service_capabilities}
 */
public record Product(String id, String name, Json model) {}
