package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.DeviceId;
import java.math.BigDecimal;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Reads single values from a tree. */
final class Scalars {

    /**
     * Bounds magnitude and precision of a number, in decimal digits: arithmetic on 1E+999999999 would write out a billion
     * digits. A double reaches to 1E+308.
     */
    private static final int MAX_EXPONENT = 400;

    /** Bounds the text of a number, in characters, as the decoder bounds numbers. */
    private static final int MAX_TEXT = 1000;

    private Scalars() {}

    /** Text as it is; numbers and booleans as their JSON text. */
    static Result<String> text(JsonNode node) {
        return node.isString() || node.isNumber() || node.isBoolean()
                ? Result.found(node.asString())
                : Result.failed("a text is wanted, not " + kind(node));
    }

    /** A number, or text that is one. */
    static Result<BigDecimal> decimal(JsonNode node) {
        if (node.isNumber()) {
            return bounded(node.decimalValue());
        }
        if (node.isString() && node.asString().length() <= MAX_TEXT) {
            try {
                return bounded(new BigDecimal(node.asString().strip()));
            } catch (NumberFormatException e) {
                return Result.failed("a number is wanted, not this text");
            }
        }
        return Result.failed("a number is wanted, not this " + kind(node));
    }

    static Result<DeviceId> deviceId(JsonNode node) {
        return text(node)
                .then(text -> DeviceId.isValid(text)
                        ? Result.found(new DeviceId(text))
                        : Result.failed("not a valid device ID (1 to 128 letters, digits, '_' or '-')"));
    }

    static String kind(JsonNode node) {
        return node.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    /** Whether arithmetic on it stays small. */
    static boolean isBounded(BigDecimal number) {
        long exponent = (long) number.precision() - number.scale();
        return Math.abs(exponent) <= MAX_EXPONENT && Math.abs((long) number.scale()) <= MAX_EXPONENT;
    }

    private static Result<BigDecimal> bounded(BigDecimal number) {
        return isBounded(number) ? Result.found(number) : Result.failed("the number is out of range");
    }
}
