package io.iotdarelay.readback;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Whether two values are the same, whatever their form: 21 and 21.0 are, and members have no order. Numbers are compared exactly. Pure. */
final class Comparison {

    private Comparison() {}

    static boolean isSame(JsonNode one, JsonNode other) {
        if (one.isNumber() || other.isNumber()) {
            return one.isNumber() && other.isNumber() && isSameNumber(one, other);
        }
        if (one.isObject()) {
            return other.isObject() && one.size() == other.size() && hasSameMembers(one, other);
        }
        if (one.isArray()) {
            return other.isArray() && one.size() == other.size() && hasSameElements(one, other);
        }
        return one.equals(other);
    }

    /** Whether a number is the other one in 64 bits of binary floating point: what is lost then are digits. */
    static boolean isRounded(JsonNode one, JsonNode other) {
        return one.isNumber()
                && other.isNumber()
                && !isSameNumber(one, other)
                && Double.compare(one.doubleValue(), other.doubleValue()) == 0;
    }

    /** A secret that somebody may not see is shown like this, and perhaps other values. */
    static boolean isMasked(JsonNode value) {
        return value.isString()
                && !value.asString().isEmpty()
                && value.asString().chars().allMatch(c -> c == '*');
    }

    private static boolean isSameNumber(JsonNode one, JsonNode other) {
        if (one.isIntegralNumber() && other.isIntegralNumber() && one.canConvertToLong() && other.canConvertToLong()) {
            return one.longValue() == other.longValue();
        }
        return one.decimalValue().compareTo(other.decimalValue()) == 0;
    }

    private static boolean hasSameMembers(JsonNode one, JsonNode other) {
        for (Map.Entry<String, JsonNode> member : one.properties()) {
            JsonNode same = other.get(member.getKey());
            if (same == null || !isSame(member.getValue(), same)) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasSameElements(JsonNode one, JsonNode other) {
        for (int i = 0; i < one.size(); i++) {
            if (!isSame(one.get(i), other.get(i))) {
                return false;
            }
        }
        return true;
    }
}
