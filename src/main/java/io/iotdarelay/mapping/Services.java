package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.SourceRecord;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Fills the {@code services} of a property report from a record. */
sealed interface Services {

    /** One entry of {@code services}, or several; never none. */
    Result<ArrayNode> of(SourceRecord record, JsonNode tree);

    /** Entries by the route's rules. */
    record Declared(List<ServiceRule> rules) implements Services {
        @Override
        public Result<ArrayNode> of(SourceRecord record, JsonNode tree) {
            Result<ArrayNode> services = Result.found(JsonNodeFactory.instance.arrayNode(rules.size()));
            for (ServiceRule rule : rules) {
                services =
                        services.then(array -> rule.entry(record, tree).then(entry -> Result.found(array.add(entry))));
            }
            return services;
        }
    }

    /**
     * The value is in IoTDA's own form already, {@code {"services":[...]}}, and is passed on. Only {@code event_time} is
     * converted to the platform's format; if it is missing, the record's timestamp is used.
     */
    record PassedOn() implements Services {
        @Override
        public Result<ArrayNode> of(SourceRecord record, JsonNode tree) {
            JsonNode services = tree.path("services");
            if (!services.isArray() || services.isEmpty()) {
                return Result.failed("a value of the form {\"services\":[...]} with at least one entry is wanted");
            }
            Result<ArrayNode> entries = Result.found(JsonNodeFactory.instance.arrayNode(services.size()));
            for (int i = 0; i < services.size(); i++) {
                JsonNode entry = services.get(i);
                Result<ObjectNode> passed = passOn(entry, record.timestamp()).as("/services/" + i);
                entries = entries.then(array -> passed.then(node -> Result.found(array.add(node))));
            }
            return entries;
        }

        private static Result<ObjectNode> passOn(JsonNode entry, Instant recordTime) {
            if (!(entry instanceof ObjectNode object)) {
                return Result.failed("an object is wanted, not " + Scalars.kind(entry));
            }
            if (!object.path("service_id").isString()) {
                return Result.failed("service_id is missing");
            }
            if (!object.path("properties").isObject()) {
                return Result.failed("properties is missing");
            }
            return time(object.get("event_time"), recordTime)
                    .as("event_time")
                    .then(time -> Result.found(object.put("event_time", EventTime.write(time))));
        }

        private static Result<Instant> time(@Nullable JsonNode eventTime, Instant recordTime) {
            return eventTime == null || eventTime.isNull() ? EventTime.ofRecord(recordTime) : EventTime.read(eventTime);
        }
    }
}
