package io.iotdarelay.mapping;

import io.iotdarelay.decode.Utf8;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One value of AMQP 1.0 (OASIS, part 1, section 1.6), as Azure's Event Hubs and IoT Hub write the headers of records that
 * came by AMQP. Decimals, lists and maps are not read: no such header is known.
 */
final class AmqpValue {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private AmqpValue() {}

    /** Reads a value that takes all of the bytes. A time becomes its milliseconds since 1970, null becomes nothing. */
    static Result<JsonNode> read(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            int constructor = Byte.toUnsignedInt(buffer.get());
            Result<JsonNode> value = value(constructor, buffer);
            return buffer.hasRemaining() && !(value instanceof Result.Failed) ? notAmqp() : value;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return notAmqp();
        }
    }

    private static Result<JsonNode> value(int constructor, ByteBuffer buffer) {
        return switch (constructor) {
            case 0x40 -> Result.nothing("the AMQP value is null");
            case 0x41 -> Result.found(NODES.booleanNode(true));
            case 0x42 -> Result.found(NODES.booleanNode(false));
            case 0x56 -> bool(buffer.get());
            case 0x43, 0x44 -> whole(BigInteger.ZERO);
            case 0x50, 0x52, 0x53 -> whole(new BigInteger(1, take(buffer, 1)));
            case 0x60 -> whole(new BigInteger(1, take(buffer, 2)));
            case 0x70 -> whole(new BigInteger(1, take(buffer, 4)));
            case 0x80 -> whole(new BigInteger(1, take(buffer, 8)));
            case 0x51, 0x54, 0x55 -> whole(new BigInteger(take(buffer, 1)));
            case 0x61 -> whole(new BigInteger(take(buffer, 2)));
            case 0x71 -> whole(new BigInteger(take(buffer, 4)));
            case 0x81, 0x83 -> whole(new BigInteger(take(buffer, 8)));
            case 0x72 -> Layout.FLOAT32.read(take(buffer, 4));
            case 0x82 -> Layout.FLOAT64.read(take(buffer, 8));
            case 0x73 -> Result.found(NODES.stringNode(Character.toString(buffer.getInt())));
            case 0x98 -> Result.found(NODES.stringNode(new UUID(buffer.getLong(), buffer.getLong()).toString()));
            case 0xa0 -> Result.found(NODES.binaryNode(take(buffer, Byte.toUnsignedInt(buffer.get()))));
            case 0xb0 -> Result.found(NODES.binaryNode(take(buffer, buffer.getInt())));
            case 0xa1, 0xa3 -> text(take(buffer, Byte.toUnsignedInt(buffer.get())));
            case 0xb1, 0xb3 -> text(take(buffer, buffer.getInt()));
            default -> notAmqp();
        };
    }

    private static Result<JsonNode> bool(byte value) {
        return value == 0 || value == 1 ? Result.found(NODES.booleanNode(value == 1)) : notAmqp();
    }

    private static Result<JsonNode> whole(BigInteger number) {
        return Result.found(NODES.numberNode(new BigDecimal(number)));
    }

    private static Result<JsonNode> text(byte[] bytes) {
        String text = Utf8.strict(bytes);
        return text == null ? notAmqp() : Result.found(NODES.stringNode(text));
    }

    /** A length is believed only as far as there are bytes. */
    private static byte[] take(ByteBuffer buffer, int length) {
        if (length < 0 || length > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] taken = new byte[length];
        buffer.get(taken);
        return taken;
    }

    private static Result<JsonNode> notAmqp() {
        return Result.failed("the bytes are not an AMQP 1.0 value of a known type");
    }
}
