package io.iotdarelay.model;

import io.iotdarelay.decode.NumberNodes;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Numbers in reports and in models, exactly as they are written. */
final class Numbers {

    /** No number of 64 bits has more digits. */
    private static final int DIGITS_OF_LONG = 19;

    /** A double reaches to 1E+308. Beyond this, arithmetic would write out too many digits. */
    private static final int MAX_EXPONENT = 400;

    private static final int MAX_TEXT = 64;

    /** As RFC 8259 writes numbers: no blank, no plus, no leading zero. */
    private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d{1,3})?");

    private Numbers() {}

    /** Whether it is sent without a decimal point and without an exponent. */
    static boolean isWrittenWhole(JsonNode number) {
        return number.isIntegralNumber()
                || (number.isBigDecimal() && number.decimalValue().scale() == 0);
    }

    /** A whole number of at most 64 bits, whatever the form in which it is written; empty if it is none. */
    static @Nullable Long whole(BigDecimal number) {
        if (number.signum() == 0) {
            return 0L;
        }
        if ((long) number.precision() - number.scale() > DIGITS_OF_LONG || number.scale() > MAX_EXPONENT) {
            return null;
        }
        BigDecimal plain = number.stripTrailingZeros();
        if (plain.scale() > 0 || plain.toBigIntegerExact().bitLength() >= Long.SIZE) {
            return null;
        }
        return plain.longValueExact();
    }

    /** A text that is a number in JSON's own form; empty for any other. */
    static @Nullable BigDecimal inText(String text) {
        if (text.length() > MAX_TEXT || !NUMBER.matcher(text).matches()) {
            return null;
        }
        return new BigDecimal(text);
    }

    /** A bound in a model: a number, or a text that is one. Empty if it is none, or too large for arithmetic. */
    static @Nullable BigDecimal bound(JsonNode node) {
        String text = node.asString().strip();
        if (text.length() > MAX_TEXT) {
            return null;
        }
        try {
            BigDecimal number = new BigDecimal(text);
            return NumberNodes.isBounded(number) ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static JsonNode node(BigDecimal number) {
        Long whole = number.scale() == 0 ? whole(number) : null;
        return whole == null
                ? JsonNodeFactory.instance.numberNode(number)
                : JsonNodeFactory.instance.numberNode(whole.longValue());
    }
}
