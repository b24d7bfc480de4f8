package io.iotdarelay.model;

import io.iotdarelay.decode.NodeKind;
import io.iotdarelay.decode.NumberNodes;
import java.math.BigDecimal;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A property of a product model, compiled.
 *
 * @param range the bounds of a number
 * @param maxLength the longest text in characters; 0 for any
 * @param listed the values that the model lists; none where it lists none
 * @param step the step of a number; none without
 * @param readable whether a device may report it
 * @param method as it is written; nothing is checked by it but what {@code readable} says
 * @param unit as it is written; nothing is checked by it
 */
record Property(
        String name,
        DataType type,
        Range range,
        int maxLength,
        Set<String> listed,
        @Nullable BigDecimal step,
        boolean required,
        boolean readable,
        String method,
        String unit) {

    Property {
        listed = Set.copyOf(listed);
    }

    /** What the platform is documented to discard the value for; nothing where it takes it. */
    @Nullable
    Finding discards(JsonNode value) {
        return switch (type) {
            case INT, LONG -> ofWhole(value);
            case DECIMAL -> ofDecimal(value);
            case STRING, DATE_TIME -> isText(value) ? ofLength(value.asString()) : wrongType(NodeKind.of(value));
            case ENUM -> isText(value) ? ofEnum(value.asString()) : wrongType(NodeKind.of(value));
            case BOOLEAN -> value.isBoolean() ? null : wrongType(NodeKind.of(value));
            case JSON_OBJECT -> value.isObject() ? null : wrongType(NodeKind.of(value));
            case STRING_LIST -> ofList(value);
        };
    }

    private @Nullable Finding ofWhole(JsonNode value) {
        if (!value.isNumber() || !NumberNodes.isFinite(value)) {
            return wrongType(NodeKind.of(value));
        }
        if (!Numbers.isWrittenWhole(value)) {
            return wrongType("number with a fraction or an exponent");
        }
        if (value.isInt() || value.isLong()) {
            return ofWhole(value.longValue());
        }
        Long whole = Numbers.whole(value.decimalValue());
        return whole == null ? tooWide() : ofWhole(whole.longValue());
    }

    private @Nullable Finding ofWhole(long number) {
        if (range.isBelow(number)) {
            return below();
        }
        if (range.isAbove(number)) {
            return above();
        }
        return type == DataType.INT && (int) number != number ? tooWide() : null;
    }

    private @Nullable Finding ofDecimal(JsonNode value) {
        if (!value.isNumber() || !NumberNodes.isFinite(value)) {
            return wrongType(NodeKind.of(value));
        }
        if (range == Range.ANY) {
            return null;
        }
        BigDecimal number = value.decimalValue();
        if (range.isBelow(number)) {
            return below();
        }
        return range.isAbove(number) ? above() : null;
    }

    private @Nullable Finding ofLength(String text) {
        return maxLength == 0 || text.length() <= maxLength
                ? null
                : new Finding(
                        Rule.LENGTH, name + ": string of " + text.length() + " characters, max_length is " + maxLength);
    }

    private @Nullable Finding ofEnum(String text) {
        return listed.isEmpty() || listed.contains(text)
                ? null
                : new Finding(Rule.ENUM, name + ": string that is not one of the " + listed.size() + " in enum_list");
    }

    private @Nullable Finding ofList(JsonNode value) {
        if (!value.isArray()) {
            return wrongType(NodeKind.of(value));
        }
        for (int i = 0; i < value.size(); i++) {
            if (!isText(value.get(i))) {
                return wrongType("array with " + article(NodeKind.of(value.get(i))));
            }
        }
        return null;
    }

    private Finding wrongType(String got) {
        return new Finding(Rule.TYPE, name + ": expected " + type + ", got " + got);
    }

    private Finding below() {
        return new Finding(Rule.RANGE, name + ": number below min " + range.shownLeast());
    }

    private Finding above() {
        return new Finding(Rule.RANGE, name + ": number above max " + range.shownMost());
    }

    private Finding tooWide() {
        return new Finding(Rule.RANGE, name + ": number beyond the " + type.bits() + " bits of " + type);
    }

    /**
     * The same value in the form that the model wants, where nothing is lost: a number for a text that is one, and a whole number
     * for one such as 21.0. Any other value as it is.
     */
    JsonNode coerced(JsonNode value) {
        if (!type.isNumeric()) {
            return value;
        }
        if (value.isString()) {
            BigDecimal number = Numbers.inText(value.asString());
            return number == null ? value : wholeIfWanted(Numbers.node(number));
        }
        return value.isNumber() && NumberNodes.isFinite(value) ? wholeIfWanted(value) : value;
    }

    private JsonNode wholeIfWanted(JsonNode number) {
        if (!type.isWhole() || Numbers.isWrittenWhole(number)) {
            return number;
        }
        Long whole = Numbers.whole(number.decimalValue());
        return whole == null ? number : Numbers.node(BigDecimal.valueOf(whole));
    }

    /** Whether the model says more of it than its type and range. */
    boolean isDescribed() {
        return !readable || type == DataType.DATE_TIME || maxLength > 0 || step != null || !listed.isEmpty();
    }

    /** What the model describes otherwise, for a value that the platform is documented to take. */
    void describes(JsonNode value, Consumer<Finding> findings) {
        if (!readable) {
            findings.accept(new Finding(Rule.METHOD, name + ": its method has no R"));
        }
        if (type == DataType.DATE_TIME && !Compact.isTime(value.asString())) {
            findings.accept(new Finding(Rule.DATE_TIME, name + ": string that is not of the form 20151212T121212Z"));
        }
        if (type != DataType.ENUM && !listed.isEmpty() && isScalar(value) && !listed.contains(value.asString())) {
            findings.accept(new Finding(
                    Rule.ENUM_LIST,
                    name + ": " + (value.isNumber() ? "number" : "string") + " that is not one of the " + listed.size()
                            + " in enum_list"));
        }
        if (step != null && type.isNumeric() && missesStep(value.decimalValue(), step)) {
            findings.accept(new Finding(Rule.STEP, name + ": number between two steps of " + step));
        }
        if (maxLength > 0 && type.isText() && isLonger(value.asString())) {
            findings.accept(new Finding(Rule.BYTES, name + ": string of more than max_length " + maxLength + " bytes"));
        }
    }

    private boolean missesStep(BigDecimal number, BigDecimal wanted) {
        return NumberNodes.isBounded(number)
                && number.subtract(range.base()).remainder(wanted).signum() != 0;
    }

    /** In bytes of UTF-8. */
    private boolean isLonger(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length() && bytes <= maxLength; i++) {
            char c = text.charAt(i);
            // Each half of a surrogate pair stands for two of four bytes.
            bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return bytes > maxLength;
    }

    private static boolean isScalar(JsonNode value) {
        return isText(value) || value.isNumber();
    }

    /** Bytes are sent as base64. */
    private static boolean isText(JsonNode value) {
        return value.isString() || value.isBinary();
    }

    private static String article(String kind) {
        return (kind.startsWith("a") || kind.startsWith("o") ? "an " : "a ") + kind;
    }

    /** For people, as at the start: {@code temperature decimal -40.0 to 85.0}. */
    String shown() {
        StringBuilder shown = new StringBuilder(name).append(' ').append(type);
        if (type.isNumeric() && range != Range.ANY) {
            shown.append(' ').append(range);
        }
        if (type.isText() && maxLength > 0) {
            shown.append(" up to ").append(maxLength).append(" characters");
        }
        return shown.toString();
    }
}
