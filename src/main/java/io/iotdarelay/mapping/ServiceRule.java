package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.SourceRecord;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How one entry of {@code services} is made.
 *
 * @param eventTime when the reading was taken
 */
record ServiceRule(String serviceId, TimeRule eventTime, Map<String, ValueRule> properties) {

    Result<JsonNode> entry(SourceRecord record, JsonNode tree) {
        Result<ObjectNode> values = Result.found(JsonNodeFactory.instance.objectNode());
        for (Map.Entry<String, ValueRule> property : properties.entrySet()) {
            String name = property.getKey();
            values = values.then(object -> property.getValue()
                    .value(record, tree)
                    .as(serviceId + "." + name)
                    .then(value -> {
                        object.set(name, value);
                        return Result.found(object);
                    }));
        }
        return values.then(object -> time(record, tree).then(time -> Result.found(entry(object, time))));
    }

    private JsonNode entry(ObjectNode values, Instant time) {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        entry.put("service_id", serviceId);
        entry.set("properties", values);
        entry.put("event_time", EventTime.write(time));
        return entry;
    }

    private Result<Instant> time(SourceRecord record, JsonNode tree) {
        return eventTime.of(record, tree).as(serviceId + " event-time");
    }
}
