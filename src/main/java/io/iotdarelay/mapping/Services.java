package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.SourceRecord;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** Fills the {@code services} of a property report from a record. */
sealed interface Services {

    /** One entry of {@code services}, or several; never none. */
    Result<ArrayNode> of(Scope scope);

    /** Entries by the route's rules; those without any property are left out. */
    record Declared(List<ServiceRule> rules) implements Services {
        @Override
        public Result<ArrayNode> of(Scope scope) {
            ArrayNode services = JsonNodeFactory.instance.arrayNode(rules.size());
            for (ServiceRule rule : rules) {
                switch (rule.entry(scope)) {
                    case Result.Found<JsonNode> entry -> services.add(entry.value());
                    case Result.Nothing<JsonNode> ignored -> {}
                    case Result.Failed<JsonNode> failure -> {
                        return Result.failed(failure.why());
                    }
                }
            }
            return services.isEmpty() ? Result.nothing("no property has a value") : Result.found(services);
        }
    }

    /**
     * The value is already in IoTDA's own format, {@code {"services":[...]}}, and is passed on. {@code event_time} is converted
     * to the format that the platform reads; if it is missing, the record's timestamp is used. A member that is null means
     * that there is no value: it is left out, and so is an entry without any other member.
     */
    record PassedOn() implements Services {
        @Override
        public Result<ArrayNode> of(Scope scope) {
            JsonNode services = scope.here().path("services");
            if (!services.isArray() || services.isEmpty()) {
                return Result.failed("expected {\"services\":[...]} with at least one entry");
            }
            Result<ArrayNode> entries = Result.found(JsonNodeFactory.instance.arrayNode(services.size()));
            for (int i = 0; i < services.size(); i++) {
                JsonNode entry = services.get(i);
                String path = "/services/" + i;
                entries = entries.then(array -> passOn(entry, scope.record())
                        .as(path)
                        .then(node -> Result.found(node.isMissingNode() ? array : array.add(node))));
            }
            return entries.then(
                    array -> array.isEmpty() ? Result.nothing("all properties are null") : Result.found(array));
        }

        private static Result<JsonNode> passOn(JsonNode entry, SourceRecord record) {
            if (!(entry instanceof ObjectNode object)) {
                return Result.failed("expected an object, got " + Scalars.kind(entry));
            }
            String id = object.path("service_id").asString("");
            if (id.isEmpty() || !object.path("service_id").isString()) {
                return Result.failed("service_id is missing");
            }
            if (!ModelNames.isService(id)) {
                return Result.failed("service_id: " + ModelNames.adviceForService(id));
            }
            if (!(object.get("properties") instanceof ObjectNode properties)) {
                return Result.failed("properties is missing");
            }
            for (String name : properties.propertyNames()) {
                if (!ModelNames.isProperty(name)) {
                    return Result.failed("properties: " + ModelNames.adviceForProperty(name));
                }
            }
            ObjectNode values = present(properties);
            return values.isEmpty() && !properties.isEmpty()
                    ? Result.found(MissingNode.getInstance())
                    : time(object.get("event_time"), record)
                            .as("event_time")
                            .then(time -> Result.found(entry(object, values, time)));
        }

        /** A copy without null members. A record's tree is never changed: it may be mapped again. */
        private static ObjectNode present(ObjectNode properties) {
            ObjectNode present = JsonNodeFactory.instance.objectNode();
            properties.forEachEntry((name, value) -> {
                if (!value.isNull()) {
                    present.set(name, value);
                }
            });
            return present;
        }

        private static JsonNode entry(ObjectNode given, ObjectNode values, Instant time) {
            ObjectNode entry = JsonNodeFactory.instance.objectNode();
            given.forEachEntry(entry::set);
            entry.set("properties", values);
            return entry.put("event_time", EventTime.write(time));
        }

        private static Result<Instant> time(@Nullable JsonNode eventTime, SourceRecord record) {
            return eventTime == null || eventTime.isNull()
                    ? TimeRule.OF_RECORD.ofRecord(record)
                    : TimeRule.OF_RECORD.read(record, eventTime);
        }
    }
}
