package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.SourceRecord;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** How one property gets its value. */
sealed interface ValueRule {

    Result<JsonNode> value(SourceRecord record, JsonNode tree);

    /** The same for every record. */
    record Constant(JsonNode value) implements ValueRule {
        @Override
        public Result<JsonNode> value(SourceRecord record, JsonNode tree) {
            return Result.found(value);
        }
    }

    /** What the selector finds, checked against the type where one is given. */
    record Selected(Selector from, @Nullable ValueType type) implements ValueRule {
        @Override
        public Result<JsonNode> value(SourceRecord record, JsonNode tree) {
            Result<JsonNode> found = from.select(record, tree);
            return type == null ? found : found.then(type::convert);
        }
    }

    /** What the selector finds, times {@code scale}, plus {@code offset}: exact decimal arithmetic. */
    record Scaled(Selector from, ValueType type, BigDecimal scale, BigDecimal offset) implements ValueRule {
        @Override
        public Result<JsonNode> value(SourceRecord record, JsonNode tree) {
            return from.select(record, tree)
                    .then(Scalars::decimal)
                    .then(number -> type.convert(JsonNodeFactory.instance.numberNode(
                            number.multiply(scale).add(offset))));
        }
    }
}
