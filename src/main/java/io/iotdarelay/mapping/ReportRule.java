package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Builds one kind of report. */
sealed interface ReportRule {

    JsonMapper WRITER = JsonMapper.shared();

    Mapping apply(SourceRecord record, JsonNode tree);

    /** Properties of a directly connected device. */
    record ToProperties(ValueRule deviceId, Services services) implements ReportRule {
        @Override
        public Mapping apply(SourceRecord record, JsonNode tree) {
            return device("device-id", deviceId, record, tree)
                    .fold(
                            device -> services.of(record, tree)
                                    .fold(
                                            entries -> mapped(new Report.Properties(device, joined(entries))),
                                            why -> unmappable(why, device)),
                            why -> unmappable(why, null));
        }
    }

    /**
     * Properties of a child, carried by its gateway.
     *
     * @param gatewayId selects the gateway in the record; without it the directory names it
     */
    record ToGateway(ValueRule deviceId, @Nullable ValueRule gatewayId, Services services) implements ReportRule {
        @Override
        public Mapping apply(SourceRecord record, JsonNode tree) {
            return device("device-id", deviceId, record, tree)
                    .fold(
                            child -> services.of(record, tree)
                                    .fold(
                                            entries -> addressed(record, tree, child, joined(entries)),
                                            why -> unmappable(why, child)),
                            why -> unmappable(why, null));
        }

        private Mapping addressed(SourceRecord record, JsonNode tree, DeviceId child, Json entries) {
            Mapping.GatewayWanted report = new Mapping.GatewayWanted(child, entries);
            return gatewayId == null
                    ? report
                    : device("gateway-id", gatewayId, record, tree)
                            .fold(gateway -> mapped(report.through(gateway)), why -> unmappable(why, child));
        }
    }

    /**
     * A message. An object or a text becomes its {@code content} as it is, any other JSON value as text: the platform accepts
     * nothing else.
     *
     * @param name a descriptive name; none without
     * @param id a unique ID; the record's position without
     * @param content a part of the value; the whole value without
     */
    record ToMessage(
            ValueRule deviceId,
            @Nullable ValueRule name,
            @Nullable ValueRule id,
            @Nullable ValueRule content) implements ReportRule {
        @Override
        public Mapping apply(SourceRecord record, JsonNode tree) {
            return device("device-id", deviceId, record, tree)
                    .fold(
                            device -> body(record, tree)
                                    .fold(
                                            body -> mapped(new Report.Message(
                                                    device, new Json(WRITER.writeValueAsBytes(body)))),
                                            why -> unmappable(why, device)),
                            why -> unmappable(why, null));
        }

        private Result<ObjectNode> body(SourceRecord record, JsonNode tree) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            Result<ObjectNode> named = name == null ? Result.found(body) : put(body, "name", name, record, tree);
            Result<ObjectNode> identified = id == null
                    ? named.then(node ->
                            Result.found(node.put("id", record.position().toString())))
                    : named.then(node -> put(node, "id", id, record, tree));
            return identified.then(node -> content(record, tree).then(found -> {
                node.set("content", found);
                return Result.found(node);
            }));
        }

        private Result<JsonNode> content(SourceRecord record, JsonNode tree) {
            Result<JsonNode> found = content == null
                    ? Result.found(tree)
                    : content.value(record, tree).as("message content");
            return found.then(node -> Result.found(
                    node.isObject() || node.isString() ? node : JsonNodeFactory.instance.stringNode(node.toString())));
        }

        private static Result<ObjectNode> put(
                ObjectNode body, String field, ValueRule rule, SourceRecord record, JsonNode tree) {
            Result<JsonNode> value = rule.value(record, tree);
            return rule.optional() && value instanceof Result.Nothing
                    ? Result.found(body)
                    : value.then(Scalars::text)
                            .as("message " + field)
                            .then(text -> Result.found(body.put(field, text)));
        }
    }

    private static Result<DeviceId> device(String what, ValueRule rule, SourceRecord record, JsonNode tree) {
        return rule.value(record, tree).then(Scalars::deviceId).as(what);
    }

    private static Mapping mapped(Report report) {
        return new Mapping.Mapped(report);
    }

    private static Mapping unmappable(String why, @Nullable DeviceId device) {
        return new Mapping.Unmappable(new Rejection(RejectionReason.UNMAPPABLE, why, device, null, 0));
    }

    /** The entries without the brackets around them: reports of several records are joined into one request. */
    private static Json joined(ArrayNode entries) {
        byte[] array = WRITER.writeValueAsBytes(entries);
        return new Json(Arrays.copyOfRange(array, 1, array.length - 1));
    }
}
