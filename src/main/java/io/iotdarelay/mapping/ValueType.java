package io.iotdarelay.mapping;

import java.math.BigDecimal;
import java.math.BigInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The data types of IoTDA's product model, by the platform's own names ({@code int}, {@code string list},
 * {@code jsonObject}, ...). A value of another type is an error, never silently converted; text that is a number is accepted
 * as one.
 */
public enum ValueType {
    INT {
        @Override
        Result<JsonNode> convert(JsonNode node) {
            return whole(node, 31);
        }
    },
    LONG {
        @Override
        Result<JsonNode> convert(JsonNode node) {
            return whole(node, 63);
        }
    },
    DECIMAL {
        @Override
        Result<JsonNode> convert(JsonNode node) {
            return Scalars.decimal(node).then(number -> Result.found(JsonNodeFactory.instance.numberNode(number)));
        }
    },
    STRING {
        @Override
        Result<JsonNode> convert(JsonNode node) {
            return Scalars.text(node).then(text -> Result.found(JsonNodeFactory.instance.stringNode(text)));
        }
    },
    DATE_TIME {
        @Override
        Result<JsonNode> convert(JsonNode node) {
            return STRING.convert(node);
        }
    },
    ENUM {
        @Override
        Result<JsonNode> convert(JsonNode node) {
            return STRING.convert(node);
        }
    },
    BOOLEAN {
        @Override
        Result<JsonNode> convert(JsonNode node) {
            return switch (node.isContainer() ? "" : node.asString()) {
                case "true", "1" -> Result.found(JsonNodeFactory.instance.booleanNode(true));
                case "false", "0" -> Result.found(JsonNodeFactory.instance.booleanNode(false));
                default -> Result.failed("expected true, false, 1 or 0, got another " + Scalars.kind(node));
            };
        }
    },
    JSON_OBJECT {
        @Override
        Result<JsonNode> convert(JsonNode node) {
            return node.isObject()
                    ? Result.found(node)
                    : Result.failed("expected an object, got " + Scalars.kind(node));
        }
    },
    STRING_LIST {
        @Override
        Result<JsonNode> convert(JsonNode node) {
            return node.isArray() && node.valueStream().allMatch(JsonNode::isString)
                    ? Result.found(node)
                    : Result.failed("expected an array of strings");
        }
    };

    abstract Result<JsonNode> convert(JsonNode node);

    boolean isNumeric() {
        return this == INT || this == LONG || this == DECIMAL;
    }

    private static Result<JsonNode> whole(JsonNode node, int bits) {
        if (node.isInt() || (node.isLong() && bits == Long.SIZE - 1)) {
            return Result.found(node);
        }
        return Scalars.decimal(node).then(number -> {
            if (number.stripTrailingZeros().scale() > 0) {
                return Result.failed("expected a whole number, got a fraction");
            }
            BigInteger whole = number.toBigIntegerExact();
            return whole.bitLength() > bits
                    ? Result.failed("the number does not fit " + (bits + 1) + " bits")
                    : Result.found(JsonNodeFactory.instance.numberNode(new BigDecimal(whole)));
        });
    }
}
