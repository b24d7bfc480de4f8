package io.iotdarelay.mapping;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** How a number is laid out in bytes. */
public enum Layout {
    INT8(1),
    UINT8(1),
    INT16(2),
    UINT16(2),
    INT32(4),
    UINT32(4),
    INT64(8),
    UINT64(8),
    FLOAT32(4) {
        @Override
        Result<JsonNode> read(byte[] bigEndian) {
            float number = ByteBuffer.wrap(bigEndian).getFloat();
            return Float.isFinite(number) ? decimal(Float.toString(number)) : NOT_A_NUMBER;
        }
    },
    FLOAT64(8) {
        @Override
        Result<JsonNode> read(byte[] bigEndian) {
            double number = ByteBuffer.wrap(bigEndian).getDouble();
            return Double.isFinite(number) ? decimal(Double.toString(number)) : NOT_A_NUMBER;
        }
    };

    private static final Result<JsonNode> NOT_A_NUMBER = Result.nothing("the bytes are NaN or infinite");

    private final int size;

    Layout(int size) {
        this.size = size;
    }

    /** How many bytes it takes. */
    int size() {
        return size;
    }

    /** Reads as many bytes as it takes, the highest first. */
    Result<JsonNode> read(byte[] bigEndian) {
        BigInteger number = name().startsWith("U") ? new BigInteger(1, bigEndian) : new BigInteger(bigEndian);
        return Result.found(JsonNodeFactory.instance.numberNode(new BigDecimal(number)));
    }

    /** The shortest decimal that identifies this number among those of its width. */
    private static Result<JsonNode> decimal(String text) {
        return Result.found(JsonNodeFactory.instance.numberNode(new BigDecimal(text)));
    }
}
