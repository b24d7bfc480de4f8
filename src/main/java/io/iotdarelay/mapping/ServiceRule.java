package io.iotdarelay.mapping;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How one entry of {@code services} is built.
 *
 * @param name what the entry is called in rejections
 * @param serviceId its {@code service_id}
 * @param eventTime when the reading was taken
 * @param members the properties whose names come from data, if any
 */
record ServiceRule(
        String name,
        ValueRule serviceId,
        TimeRule eventTime,
        @Nullable Members members,
        Map<String, ValueRule> properties) {

    /** Nothing if no property has a value and all are optional. */
    Result<JsonNode> entry(Scope scope) {
        Result<ObjectNode> values = members(scope);
        for (Map.Entry<String, ValueRule> property : properties.entrySet()) {
            if (!(values instanceof Result.Found<ObjectNode> found)) {
                break;
            }
            values = put(found.value(), property.getKey(), property.getValue(), scope);
        }
        return values.then(object -> object.isEmpty()
                ? Result.nothing(name + ": no property has a value")
                : id(scope).then(id -> entry(id, object, scope)).required());
    }

    private Result<ObjectNode> put(ObjectNode object, String property, ValueRule rule, Scope scope) {
        Result<JsonNode> value = rule.value(scope);
        return rule.optional() && value instanceof Result.Nothing
                ? Result.found(object)
                : value.required().as(name, property).then(found -> {
                    object.set(property, found);
                    return rule.mayHold(found, scope.work())
                            ? Result.found(object)
                            : Result.failed(Work.LARGER_THAN_ANY);
                });
    }

    private Result<ObjectNode> members(Scope scope) {
        return members == null
                ? Result.found(JsonNodeFactory.instance.objectNode())
                : members.of(scope).as(name, "*");
    }

    private Result<String> id(Scope scope) {
        return serviceId
                .value(scope)
                .then(Scalars::text)
                .then(id ->
                        ModelNames.isService(id) ? Result.found(id) : Result.failed(ModelNames.adviceForService(id)))
                .as(name + " id");
    }

    private Result<JsonNode> entry(String id, ObjectNode values, Scope scope) {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        entry.put("service_id", id);
        entry.set("properties", values);
        Result<Instant> time = eventTime.of(scope);
        return eventTime.orArrival() && !(time instanceof Result.Found)
                ? Result.found(entry)
                : time.as(name + " event-time")
                        .then(known -> Result.found(entry.put("event_time", EventTime.write(known))));
    }
}
