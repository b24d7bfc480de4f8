package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.DeviceId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Builds one kind of report. */
sealed interface ReportRule {

    Draft NOTHING = new Draft.Nothing();

    Draft draft(Scope scope);

    /** Properties of a directly connected device. */
    record ToProperties(ValueRule deviceId, Services services) implements ReportRule {
        @Override
        public Draft draft(Scope scope) {
            return device("device-id", deviceId, scope)
                    .fold(
                            device -> services.of(scope)
                                    .fold(
                                            entries ->
                                                    entries.isEmpty() ? NOTHING : new Draft.Properties(device, entries),
                                            why -> unmappable(why, device, scope)),
                            why -> unmappable(why, null, scope));
        }
    }

    /**
     * Properties of a child, carried by its gateway.
     *
     * @param gatewayId selects the gateway in the record; without it the directory names it
     */
    record ToGateway(ValueRule deviceId, @Nullable ValueRule gatewayId, Services services) implements ReportRule {
        @Override
        public Draft draft(Scope scope) {
            return device("device-id", deviceId, scope)
                    .fold(
                            child -> services.of(scope)
                                    .fold(
                                            entries -> addressed(scope, child, entries),
                                            why -> unmappable(why, child, scope)),
                            why -> unmappable(why, null, scope));
        }

        private Draft addressed(Scope scope, DeviceId child, ArrayNode entries) {
            if (entries.isEmpty()) {
                return NOTHING;
            }
            return gatewayId == null
                    ? new Draft.ChildProperties(child, null, entries)
                    : device("gateway-id", gatewayId, scope)
                            .fold(
                                    gateway -> new Draft.ChildProperties(child, gateway, entries),
                                    why -> unmappable(why, child, scope));
        }
    }

    /**
     * A message. An object or a text becomes its {@code content} as it is, any other JSON value as text: the platform accepts
     * nothing else.
     *
     * @param name a descriptive name; none without
     * @param id a unique ID; the record's position without
     * @param content a part of the value; without it the whole value, or the element
     * @param suffix tells the ID from that of another route's message of the same record
     */
    record ToMessage(
            ValueRule deviceId,
            @Nullable ValueRule name,
            @Nullable ValueRule id,
            @Nullable ValueRule content,
            String suffix)
            implements ReportRule {
        @Override
        public Draft draft(Scope scope) {
            return device("device-id", deviceId, scope)
                    .fold(
                            device -> body(scope)
                                    .fold(
                                            body -> new Draft.Message(device, body),
                                            why -> unmappable(why, device, scope)),
                            why -> unmappable(why, null, scope));
        }

        private Result<ObjectNode> body(Scope scope) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            Result<ObjectNode> named = name == null ? Result.found(body) : put(body, "name", name, scope);
            Result<ObjectNode> identified = id == null
                    ? named.then(node -> Result.found(node.put("id", uniqueId(scope))))
                    : named.then(node -> put(node, "id", id, scope));
            return identified.then(node -> content(scope).then(found -> {
                node.set("content", found);
                return Result.found(node);
            }));
        }

        /** The record's position, and the numbers of the element. */
        private String uniqueId(Scope scope) {
            String numbers = "";
            for (Scope at = scope; at.outer() != null; at = at.outer()) {
                numbers = "-" + at.index() + numbers;
            }
            return scope.record().position() + numbers + suffix;
        }

        private Result<JsonNode> content(Scope scope) {
            Result<JsonNode> found = content == null
                    ? Result.found(scope.here())
                    : content.value(scope).as("message content");
            return found.then(node -> Result.found(
                    node.isObject() || node.isString() || node.isBinary() ? node : asText(node, scope.work())));
        }

        private static JsonNode asText(JsonNode node, Work work) {
            String text = node.toString();
            work.add(text.length());
            return JsonNodeFactory.instance.stringNode(text);
        }

        private static Result<ObjectNode> put(ObjectNode body, String field, ValueRule rule, Scope scope) {
            Result<JsonNode> value = rule.value(scope);
            return rule.optional() && value instanceof Result.Nothing
                    ? Result.found(body)
                    : value.then(Scalars::text)
                            .as("message " + field)
                            .then(text -> Result.found(body.put(field, text)));
        }
    }

    private static Result<DeviceId> device(String what, ValueRule rule, Scope scope) {
        return rule.value(scope).then(Scalars::deviceId).as(what);
    }

    private static Draft unmappable(String why, @Nullable DeviceId device, Scope scope) {
        return scope.work().isReportTooLarge() ? Draft.Unmappable.tooLarge(device) : Draft.Unmappable.of(why, device);
    }
}
