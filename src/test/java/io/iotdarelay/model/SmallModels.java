package io.iotdarelay.model;

import io.iotdarelay.decode.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;

/** Models for tests, and reports as mapping yields them. */
final class SmallModels {

    /** A street light, a meter, and a gateway's own service with the range that tools fill in. */
    static final String LIGHT_METER_UPLINK = """
        {"product_id": "product-1", "name": "Examples", "service_capabilities": [
          {"service_id": "StreetLight", "service_type": "StreetLight", "option": "", "commands": null, "properties": [
            {"property_name": "luminance", "data_type": "int", "min": "0", "max": "65535", "method": "R", "unit": "lx"},
            {"property_name": "state", "data_type": "string", "max_length": 8, "enum_list": ["ON", "OFF", "AUTO"],
             "method": "RW"},
            {"property_name": "faultSince", "data_type": "DateTime", "max_length": 16, "method": "R"}]},
          {"service_id": "Meter", "service_type": "Meter", "properties": [
            {"property_name": "energyWh", "data_type": "long", "min": "0", "max": "9007199254740993", "required": true,
             "method": "R"},
            {"property_name": "temperature", "data_type": "decimal", "min": "-40.0", "max": "85.0", "step": 0.1,
             "method": "R"},
            {"property_name": "tamper", "data_type": "boolean", "method": "R"},
            {"property_name": "tariffs", "data_type": "string list", "method": "R"},
            {"property_name": "raw", "data_type": "jsonObject", "method": "R"},
            {"property_name": "mode", "data_type": "enum", "enum_list": ["day", "night"], "method": "R"},
            {"property_name": "setpoint", "data_type": "int", "min": "0", "max": "0", "max_length": 0, "step": 0.0,
             "method": "W"}]},
          {"service_id": "Uplink", "service_type": "Uplink", "properties": [
            {"property_name": "rssi", "data_type": "int", "min": "0", "max": "65535", "method": "R"}]}]}
        """;

    private SmallModels() {}

    /** One service with one property. */
    static String property(String json) {
        return "{\"service_capabilities\":[{\"service_id\":\"S\",\"properties\":[" + json + "]}]}";
    }

    /** Reads a model that has nothing wrong. */
    static Product product(Path directory, String json) {
        ModelFile.Reading reading = read(directory, json);
        return reading.product().orElseThrow(() -> new AssertionError(reading.problems()));
    }

    static ModelFile.Reading read(Path directory, String json) {
        return ModelFile.read(write(directory, json), "product-1");
    }

    static Path write(Path directory, String json) {
        try {
            return Files.writeString(directory.resolve("model.json"), json, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One entry. */
    static ArrayNode services(String service, String properties) {
        return array("[{\"service_id\":\"" + service + "\",\"properties\":" + properties
                + ",\"event_time\":\"2026-01-01T00:00:00.000Z\"}]");
    }

    static ArrayNode array(String json) {
        return (ArrayNode) StrictJson.reader().readTree(json);
    }

    /** A check of one product for the route {@code r}, and what it counts. */
    static final class Checker {

        final List<String> counted = new ArrayList<>();
        private final ModelCheck check;

        Checker(Product product, Validation validation) {
            check = new ModelCheck(
                    () -> new LoadedModels(
                            new Models(
                                    Map.of(product.id(), product),
                                    Map.of(),
                                    List.of(),
                                    Map.of("r", new Models.Choice(validation, product.id())),
                                    List.of()),
                            ModelsProperties.of(validation, Map.of(), List.of()),
                            List.of()),
                    device -> null,
                    (route, rule, action, times) -> counted.add(rule + " " + action));
        }

        ModelCheck.Checked check(ArrayNode services) {
            return check.check(new io.iotdarelay.telemetry.DeviceId("d"), "r", services);
        }

        /** What is sent of these properties; or why nothing is. */
        String sent(String service, String properties) {
            return switch (check(services(service, properties))) {
                case ModelCheck.Checked.Fits fits ->
                    fits.services().get(0).path("properties").toString();
                case ModelCheck.Checked.Violates violates -> violates.detail();
            };
        }
    }
}
