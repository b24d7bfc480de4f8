package io.iotdarelay.mapping;

import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** One step on the way from what stands in a record to what is reported. */
sealed interface Step {

    Result<JsonNode> apply(JsonNode node);

    /** Times {@code scale}, plus {@code offset}: exact decimal arithmetic. */
    record Scaled(BigDecimal scale, BigDecimal offset) implements Step {
        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return Scalars.decimal(node)
                    .then(number -> Result.found(JsonNodeFactory.instance.numberNode(
                            number.multiply(scale).add(offset))));
        }
    }

    /** Checked against a type of the product model. */
    record Typed(ValueType type) implements Step {
        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return type.convert(node);
        }
    }
}
