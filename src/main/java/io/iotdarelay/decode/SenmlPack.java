package io.iotdarelay.decode;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Resolves the records of one pack: what a base field says holds for its record and all that follow. */
final class SenmlPack {

    /** How a pack writes its labels. */
    enum Labels {
        /** As they are. */
        TEXTS,

        /** As CBOR has them, RFC 8428 section 6. */
        NUMBERS
    }

    private static final Map<String, String> NUMBERED = Map.ofEntries(
            Map.entry("-1", "bver"),
            Map.entry("-2", "bn"),
            Map.entry("-3", "bt"),
            Map.entry("-4", "bu"),
            Map.entry("-5", "bv"),
            Map.entry("-6", "bs"),
            Map.entry("0", "n"),
            Map.entry("1", "u"),
            Map.entry("2", "v"),
            Map.entry("3", "vs"),
            Map.entry("4", "vb"),
            Map.entry("5", "s"),
            Map.entry("6", "t"),
            Map.entry("7", "ut"),
            Map.entry("8", "vd"));

    private static final Set<String> BASES = Set.of("bver", "bn", "bt", "bu", "bv", "bs");
    private static final Set<String> VALUES = Set.of("v", "vs", "vb", "vd", "s");

    /** Times below are relative to now. */
    private static final BigDecimal ABSOLUTE = BigDecimal.valueOf(1L << 28);

    private static final BigDecimal VERSION = BigDecimal.TEN;

    private final Labels labels;
    private final BigDecimal now;

    private String baseName = "";
    private BigDecimal baseTime = BigDecimal.ZERO;
    private BigDecimal baseValue = BigDecimal.ZERO;
    private BigDecimal baseSum = BigDecimal.ZERO;
    private @Nullable JsonNode baseUnit;

    SenmlPack(Labels labels, Instant now) {
        this.labels = labels;
        this.now = BigDecimal.valueOf(now.toEpochMilli(), 3);
    }

    ArrayNode resolve(JsonNode pack) throws FormatException {
        if (!pack.isArray()) {
            throw new FormatException("a SenML pack is an array");
        }
        ArrayNode resolved = JsonNodeFactory.instance.arrayNode();
        int number = 0;
        for (JsonNode each : pack) {
            number++;
            if (!(each instanceof ObjectNode object)) {
                throw wrong(number, "is not an object");
            }
            ObjectNode record = labels == Labels.NUMBERS ? named(object, number) : object;
            rebase(record, number);
            if (VALUES.stream().anyMatch(record::has)) {
                resolved.add(resolved(record, number));
            }
        }
        return resolved;
    }

    private static ObjectNode named(ObjectNode record, int number) throws FormatException {
        ObjectNode named = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> member : record.properties()) {
            String name = NUMBERED.getOrDefault(member.getKey(), member.getKey());
            if (named.has(name)) {
                throw wrong(number, "has the label " + name + " twice");
            }
            named.set(name, member.getValue());
        }
        return named;
    }

    private void rebase(ObjectNode record, int number) throws FormatException {
        if (number(record, "bver", VERSION, number).compareTo(VERSION) > 0) {
            throw wrong(number, "needs a SenML version above 10");
        }
        for (String name : record.propertyNames()) {
            if (name.endsWith("_")) {
                throw wrong(number, "has an unknown label ending with '_', which must not be ignored");
            }
        }
        baseName = text(record, "bn", baseName, number);
        baseTime = number(record, "bt", baseTime, number);
        baseValue = number(record, "bv", baseValue, number);
        baseSum = number(record, "bs", baseSum, number);
        baseUnit = record.has("bu") ? record.get("bu") : baseUnit;
    }

    private ObjectNode resolved(ObjectNode record, int number) throws FormatException {
        ObjectNode resolved = JsonNodeFactory.instance.objectNode();
        String name = baseName + text(record, "n", "", number);
        if (name.isEmpty()) {
            throw wrong(number, "has no name");
        }
        resolved.put("n", name);
        JsonNode unit = record.has("u") ? record.get("u") : baseUnit;
        if (unit != null) {
            resolved.set("u", unit);
        }
        for (Map.Entry<String, JsonNode> member : record.properties()) {
            switch (member.getKey()) {
                case "v" ->
                    resolved.put(
                            "v", number(record, "v", BigDecimal.ZERO, number).add(baseValue));
                case "vd" -> resolved.set("vd", bytes(member.getValue(), number));
                case "n", "u", "s", "t" -> {}
                default -> {
                    if (!BASES.contains(member.getKey())) {
                        resolved.set(member.getKey(), member.getValue());
                    }
                }
            }
        }
        // a missing sum is zero, RFC 8428 section 4.5.4: with a base sum, every record has one
        if (record.has("s") || baseSum.signum() != 0) {
            resolved.put("s", number(record, "s", BigDecimal.ZERO, number).add(baseSum));
        }
        BigDecimal time = baseTime.add(number(record, "t", BigDecimal.ZERO, number));
        return resolved.put("t", time.compareTo(ABSOLUTE) < 0 ? now.add(time) : time);
    }

    /** In JSON it is base64url. */
    private static JsonNode bytes(JsonNode data, int number) throws FormatException {
        if (data.isBinary()) {
            return data;
        }
        try {
            return JsonNodeFactory.instance.binaryNode(Base64.getUrlDecoder().decode(data.asString("")));
        } catch (IllegalArgumentException e) {
            throw wrong(number, "has data that is not base64url");
        }
    }

    private static BigDecimal number(ObjectNode record, String label, BigDecimal otherwise, int number)
            throws FormatException {
        JsonNode node = record.get(label);
        if (node == null) {
            return otherwise;
        }
        if (!node.isNumber() || !NumberNodes.isFinite(node)) {
            throw wrong(number, "has a " + label + " that is not a number");
        }
        return NumberNodes.bounded(node.decimalValue());
    }

    private static String text(ObjectNode record, String label, String otherwise, int number) throws FormatException {
        JsonNode node = record.get(label);
        if (node == null) {
            return otherwise;
        }
        if (!node.isString()) {
            throw wrong(number, "has a " + label + " that is not a string");
        }
        return node.asString();
    }

    private static FormatException wrong(int number, String what) {
        return new FormatException("SenML record " + number + " " + what);
    }
}
