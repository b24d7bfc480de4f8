package io.iotdarelay.commands;

import io.iotdarelay.decode.StrictJson;
import io.iotdarelay.decode.Utf8;
import io.iotdarelay.iotda.PlannedRequest;
import io.iotdarelay.mapping.Explanation;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Shows what was tried: as text for people, as JSON for programs. */
final class Shown {

    static final JsonMapper PRETTY = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** A value may be a whole document. */
    private static final int LONGEST = 120;

    private static final String INDENT = "    ";

    private Shown() {}

    /** A page about a record. */
    static String text(Tried tried) {
        StringBuilder page = new StringBuilder();
        SourceRecord record = tried.record();
        page.append("record   ").append(record.position()).append(", ").append(size(record));
        page.append(", key ")
                .append(bytes(record.key()))
                .append(", ")
                .append(record.timestamp())
                .append('\n');
        page.append("route    ").append(tried.route()).append('\n');
        switch (tried.fate()) {
            case Tried.Fate.Delivered delivered -> {
                page.append("outcome  delivered, as far as IoTDA accepts it\n");
                delivered
                        .warnings()
                        .forEach(warning -> page.append("warning  product model: ")
                                .append(warning)
                                .append('\n'));
            }
            case Tried.Fate.Skipped skipped ->
                page.append("outcome  skipped: ").append(skipped.why()).append('\n');
            case Tried.Fate.Waiting waiting ->
                page.append("outcome  waits for its schema, with its partition: ")
                        .append(waiting.why())
                        .append('\n');
            case Tried.Fate.Rejected rejected ->
                page.append("outcome  dead letter, reason ")
                        .append(rejected.rejection().reason().code())
                        .append(": ")
                        .append(rejected.rejection().detail())
                        .append('\n');
        }
        for (PlannedRequest request : tried.requests()) {
            page.append('\n').append(request.method()).append(' ').append(request.path());
            page.append("   with the token of ").append(request.sender()).append('\n');
            page.append(PRETTY.writeValueAsString(StrictJson.reader().readTree(request.body()))
                    .indent(INDENT.length()));
        }
        if (!tried.values().isEmpty()) {
            int width = tried.values().stream()
                    .mapToInt(value -> value.target().length())
                    .max()
                    .orElse(0);
            page.append("\nvalues\n");
            tried.values()
                    .forEach(value -> page.append(INDENT)
                            .append(value.target())
                            .append(" ".repeat(width - value.target().length() + 2))
                            .append(line(value))
                            .append('\n'));
        }
        return page.toString();
    }

    private static String line(Explanation value) {
        StringBuilder line = new StringBuilder();
        for (Explanation.Source source : value.sources()) {
            line.append(source.selector()).append(source.raw() == null ? " finds nothing" : " " + cut(source.raw()));
            source.steps()
                    .forEach(step ->
                            line.append(" | ").append(step.step()).append(' ').append(cut(step.result())));
            line.append("; ");
        }
        JsonNode result = value.value();
        return line.substring(0, Math.max(0, line.length() - 2))
                + (result == null ? " -> none: " + value.why() : " -> " + cut(result));
    }

    /** A record for programs. */
    static ObjectNode json(Tried tried) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("record", tried.record().position().toString());
        json.put("route", tried.route());
        json.put("outcome", tried.outcome());
        if (tried.fate() instanceof Tried.Fate.Rejected rejected) {
            ObjectNode rejection = json.putObject("rejection");
            rejection.put("reason", rejected.rejection().reason().code());
            rejection.put("detail", rejected.rejection().detail());
            if (rejected.rejection().device() != null) {
                rejection.put("device", rejected.rejection().device().value());
            }
        }
        if (tried.fate() instanceof Tried.Fate.Waiting waiting) {
            json.put("why", waiting.why());
        }
        if (tried.fate() instanceof Tried.Fate.Delivered delivered) {
            ArrayNode warnings = json.putArray("warnings");
            delivered.warnings().forEach(warnings::add);
        }
        json.set("requests", requests(tried.requests()));
        ArrayNode values = json.putArray("values");
        tried.values().forEach(value -> values.add(json(value)));
        return json;
    }

    static ArrayNode requests(List<PlannedRequest> planned) {
        ArrayNode requests = JsonNodeFactory.instance.arrayNode();
        for (PlannedRequest request : planned) {
            requests.addObject()
                    .put("method", request.method())
                    .put("path", request.path())
                    .put("sender", request.sender().value())
                    .set("body", StrictJson.reader().readTree(request.body()));
        }
        return requests;
    }

    private static ObjectNode json(Explanation value) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("target", value.target());
        ArrayNode sources = json.putArray("sources");
        for (Explanation.Source source : value.sources()) {
            ObjectNode one = sources.addObject().put("selector", source.selector());
            if (source.raw() != null) {
                one.set("raw", source.raw());
            }
            ArrayNode steps = one.putArray("steps");
            source.steps()
                    .forEach(step -> steps.addObject().put("step", step.step()).set("result", step.result()));
        }
        if (value.value() == null) {
            json.put("why", value.why());
        } else {
            json.set("value", value.value());
        }
        return json;
    }

    private static String size(SourceRecord record) {
        byte[] value = record.value();
        return value == null ? "no value" : value.length + " bytes";
    }

    private static String bytes(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "none";
        }
        String text = Utf8.strict(bytes);
        return text == null ? "0x" + HexFormat.of().formatHex(bytes) : '"' + text + '"';
    }

    private static String cut(JsonNode node) {
        String text = node.toString();
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
