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

    /** The entries of {@code services}; none where no service takes part. */
    Result<ArrayNode> of(Scope scope);

    /**
     * The entries of one service.
     *
     * @param each of what an entry is made, each; of all that the report is made of without
     * @param when of what an entry is made; always without
     */
    record Entries(@Nullable Each each, @Nullable Condition when, ServiceRule rule) {

        /** Adds them. Returns whether the service takes part; a failure where a rule has one. */
        private Result<Boolean> addTo(ArrayNode services, Scope scope) {
            if (each == null) {
                return add(services, scope);
            }
            Each.Found found = each.of(scope);
            return found == null ? Result.failed(Each.TOO_MANY) : add(services, found.elements());
        }

        private Result<Boolean> add(ArrayNode services, List<Elements.Element> elements) {
            Result<Boolean> taken = NO;
            for (Elements.Element element : elements) {
                String path = element.scope().path();
                if (element.failure() != null) {
                    return Result.failed(path + ": " + element.failure());
                }
                Result<Boolean> added = add(services, element.scope());
                if (added instanceof Result.Failed<Boolean> failure) {
                    return Result.failed(path + ": " + failure.why());
                }
                taken = added.equals(YES) ? YES : taken;
            }
            return taken;
        }

        private Result<Boolean> add(ArrayNode services, Scope scope) {
            if (when != null && !when.holds(scope)) {
                return NO;
            }
            return switch (rule.entry(scope)) {
                case Result.Found<JsonNode> entry -> {
                    services.add(entry.value());
                    yield YES;
                }
                case Result.Nothing<JsonNode> ignored -> YES;
                case Result.Failed<JsonNode> failure -> Result.failed(failure.why());
            };
        }
    }

    Result<Boolean> YES = Result.found(true);
    Result<Boolean> NO = Result.found(false);

    /** Entries by the route's rules; those without any property are left out. */
    record Declared(List<Entries> services) implements Services {
        @Override
        public Result<ArrayNode> of(Scope scope) {
            ArrayNode found = JsonNodeFactory.instance.arrayNode(services.size());
            boolean taken = false;
            for (int i = 0; i < services.size(); i++) {
                Result<Boolean> added = services.get(i).addTo(found, scope);
                if (added instanceof Result.Failed<Boolean> failure) {
                    return Result.failed(failure.why());
                }
                taken |= added.equals(YES);
            }
            return taken && found.isEmpty() ? Result.nothing("no property has a value") : Result.found(found);
        }
    }

    /**
     * The value is already in IoTDA's own format, {@code {"services":[...]}}, and is passed on. {@code event_time} is converted
     * to the format that the platform reads; if it is missing, the record's timestamp is used. A member that is null means
     * that there is no value: it is left out, and so is an entry without any other member.
     *
     * @param from where the entries are; without it in {@code services}
     */
    record PassedOn(@Nullable ValueRule from) implements Services {
        @Override
        public Result<ArrayNode> of(Scope scope) {
            if (from == null) {
                return passOn(scope.here().path("services"), scope);
            }
            return from.value(scope).as("services-from").then(services -> passOn(services, scope));
        }

        private Result<ArrayNode> passOn(JsonNode services, Scope scope) {
            if (!services.isArray() || services.isEmpty()) {
                return Result.failed(
                        from == null
                                ? "expected {\"services\":[...]} with at least one entry"
                                : "services-from: expected an array with at least one entry");
            }
            if (!scope.work().allows(2L * Work.ELEMENT * services.size())) {
                return Result.failed(Work.TOO_MUCH);
            }
            Result<ArrayNode> entries = Result.found(JsonNodeFactory.instance.arrayNode(services.size()));
            for (int i = 0; i < services.size(); i++) {
                JsonNode entry = services.get(i);
                String path = (from == null ? "/services/" : "services-from: entry ") + i;
                entries = entries.then(array -> entry(entry, scope)
                        .as(path)
                        .then(node -> Result.found(node.isMissingNode() ? array : array.add(node))));
            }
            return entries.then(
                    array -> array.isEmpty() ? Result.nothing("all properties are null") : Result.found(array));
        }

        private static Result<JsonNode> entry(JsonNode entry, Scope scope) {
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
            if (!scope.work().allows((long) Work.VALUE * properties.size())) {
                return Result.failed(Work.TOO_MUCH);
            }
            for (String name : properties.propertyNames()) {
                if (!ModelNames.isProperty(name)) {
                    return Result.failed("properties: " + ModelNames.adviceForProperty(name));
                }
            }
            ObjectNode values = present(properties);
            return values.isEmpty() && !properties.isEmpty()
                    ? Result.found(MissingNode.getInstance())
                    : time(object.get("event_time"), scope.record())
                            .as("event_time")
                            .then(time -> Result.found(entry(object, values, time)));
        }

        /** A copy without null members. A record's tree is never changed: it may be mapped again. */
        private static ObjectNode present(ObjectNode properties) {
            ObjectNode present = JsonNodeFactory.instance.objectNode();
            properties.forEachEntry((name, value) -> {
                if (!Scalars.isNoValue(value)) {
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
            return eventTime == null || Scalars.isNoValue(eventTime)
                    ? TimeRule.OF_RECORD.ofRecord(record)
                    : TimeRule.OF_RECORD.read(record, eventTime);
        }
    }
}
