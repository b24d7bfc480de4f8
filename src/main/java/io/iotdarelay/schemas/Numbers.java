package io.iotdarelay.schemas;

import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.StringNode;

/** Binary floating point as decimals: the shortest that stand for the same number. What JSON has no number for becomes text. */
final class Numbers {

    private Numbers() {}

    static JsonNode of(float value) {
        return Float.isFinite(value)
                ? DecimalNode.valueOf(new BigDecimal(Float.toString(value)))
                : StringNode.valueOf(Float.toString(value));
    }

    static JsonNode of(double value) {
        return Double.isFinite(value)
                ? DecimalNode.valueOf(BigDecimal.valueOf(value))
                : StringNode.valueOf(Double.toString(value));
    }
}
