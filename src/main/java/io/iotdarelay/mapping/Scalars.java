package io.iotdarelay.mapping;

import io.iotdarelay.decode.NodeKind;
import io.iotdarelay.decode.NumberNodes;
import io.iotdarelay.telemetry.DeviceId;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads single values from a tree. */
final class Scalars {

    /** Bounds the text of a number, in characters, as the decoder bounds numbers. */
    private static final int MAX_TEXT = 1000;

    /** A double holds fifteen digits exactly. */
    private static final Pattern WHOLE = Pattern.compile("\\d{1,15}\\.0{1,9}");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,400}(?:\\.\\d{1,400})?(?:[eE][+-]?\\d{1,9})?");

    private static final Result<BigDecimal> NOT_FINITE = Result.nothing("the number is NaN or infinite");

    private Scalars() {}

    /** Whether it is NaN or infinite. JSON has no such numbers, but some serializers write them. */
    static boolean isNotFinite(JsonNode node) {
        return !NumberNodes.isFinite(node);
    }

    /** Whether a member means that there is no value: it is null, NaN or infinite, which some serializers write. */
    static boolean isNoValue(JsonNode member) {
        return member.isNull() || isNotFinite(member);
    }

    /** Text as it is; numbers and booleans as their JSON text, bytes as base64. */
    static Result<String> text(JsonNode node) {
        return node.isString() || node.isNumber() || node.isBoolean() || node.isBinary()
                ? Result.found(node.asString())
                : Result.failed("expected text, got " + kind(node));
    }

    /** A text, a number without zeros at its end, or 1 and 0 for true and false. */
    static Result<String> word(JsonNode node) {
        if (node.isBoolean()) {
            return Result.found(node.asBoolean() ? "1" : "0");
        }
        return node.isNumber()
                ? decimal(node)
                        .then(number -> Result.found(number.stripTrailingZeros().toPlainString()))
                : text(node);
    }

    /** A number, or text that is one. */
    static Result<BigDecimal> decimal(JsonNode node) {
        if (isNotFinite(node)) {
            return NOT_FINITE;
        }
        if (node.isNumber()) {
            return bounded(node.decimalValue());
        }
        if (node.isString() && node.asString().length() <= MAX_TEXT) {
            try {
                return bounded(new BigDecimal(node.asString().strip()));
            } catch (NumberFormatException e) {
                return Result.failed("the text is not a number");
            }
        }
        return Result.failed("expected a number, got " + kind(node));
    }

    /**
     * A device ID. Blanks around it and the quotes of a JSON text are stripped; a whole number may have been written as a
     * fraction, as long as a double still holds all its digits.
     */
    static Result<DeviceId> deviceId(JsonNode node) {
        if (node.isBinary()) {
            return Result.failed("expected text, got " + kind(node));
        }
        return text(node).then(text -> {
            String id = plain(text);
            return DeviceId.isValid(id)
                    ? Result.found(new DeviceId(id))
                    : Result.failed("not a valid device ID (1 to 128 letters, digits, '_' or '-')" + resembles(id));
        });
    }

    static String plain(String text) {
        String id = text.strip();
        if (id.length() > 2 && id.startsWith("\"") && id.endsWith("\"")) {
            id = id.substring(1, id.length() - 1).strip();
        }
        int point = id.indexOf('.');
        return point >= 0 && WHOLE.matcher(id).matches() ? id.substring(0, point) : id;
    }

    /** What the text probably is. */
    private static String resembles(String text) {
        if (text.startsWith("{") || text.startsWith("[")) {
            return ": this is JSON (select the ID in it)";
        }
        return NUMBER.matcher(text).matches() ? ": this is a number that may have lost digits of the ID" : "";
    }

    static String kind(JsonNode node) {
        return NodeKind.of(node);
    }

    /** Whether arithmetic on it stays small. */
    static boolean isBounded(BigDecimal number) {
        return NumberNodes.isBounded(number);
    }

    private static Result<BigDecimal> bounded(BigDecimal number) {
        return isBounded(number) ? Result.found(number) : Result.failed("the number is out of range");
    }
}
