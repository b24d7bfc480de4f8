package io.iotdarelay.decode;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * MessagePack. Timestamps become texts, other extensions their bytes, whole numbers as keys texts.
 *
 * <p>Read by hand: MessagePack's own library stands on {@code sun.misc.Unsafe}, which Java is about to remove.
 */
final class MessagePackValue implements ValueReader {

    private final int maxSize;

    MessagePackValue(int maxSize) {
        this.maxSize = maxSize;
    }

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        ByteBuffer bytes = ByteBuffer.wrap(value);
        try {
            JsonNode tree = new Tree(bytes, new TreeBudget(maxSize)).node(0);
            if (bytes.hasRemaining()) {
                throw FormatException.moreAfterTheValue();
            }
            return tree;
        } catch (BufferUnderflowException e) {
            throw endsTooEarly();
        }
    }

    private static FormatException endsTooEarly() {
        return new FormatException("the MessagePack value ends too early");
    }

    /** Reads from the first byte to the last. The names of the types are those of the specification. */
    private record Tree(ByteBuffer bytes, TreeBudget budget) {

        private static final int UINT8 = 0xff;
        private static final int UINT16 = 0xffff;
        private static final long UINT32 = 0xffff_ffffL;
        private static final int LAST_POSITIVE_FIXINT = 0x7f;
        private static final int LAST_FIXMAP = 0x8f;
        private static final int LAST_FIXARRAY = 0x9f;
        private static final int LAST_FIXSTR = 0xbf;
        private static final int FIRST_NEGATIVE_FIXINT = 0xe0;
        private static final byte TIMESTAMP = -1;
        private static final int TIMESTAMP_96 = 12;
        private static final int SECONDS_BITS = 34;
        private static final long LAST_NANO = 999_999_999;

        JsonNode node(int depth) throws FormatException {
            budget.node();
            if (depth > Bounds.MAX_DEPTH) {
                throw FormatException.tooDeep();
            }
            int type = uint8();
            if (isWhole(type)) {
                return whole(type);
            }
            if (isText(type)) {
                String text = text(type);
                budget.text(text.length());
                return JsonNodeFactory.instance.stringNode(text);
            }
            if (type <= LAST_FIXMAP) {
                return object(type & 0x0f, depth);
            }
            if (type <= LAST_FIXARRAY) {
                return array(type & 0x0f, depth);
            }
            return switch (type) {
                case 0xc0 -> JsonNodeFactory.instance.nullNode();
                case 0xc2 -> JsonNodeFactory.instance.booleanNode(false);
                case 0xc3 -> JsonNodeFactory.instance.booleanNode(true);
                case 0xc4 -> bytes(uint8());
                case 0xc5 -> bytes(uint16());
                case 0xc6 -> bytes(uint32());
                case 0xc7 -> extension(uint8());
                case 0xc8 -> extension(uint16());
                case 0xc9 -> extension(uint32());
                case 0xca -> NumberNodes.of(bytes.getFloat());
                case 0xcb -> NumberNodes.of(bytes.getDouble());
                case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> extension(1L << (type - 0xd4));
                case 0xdc -> array(uint16(), depth);
                case 0xdd -> array(uint32(), depth);
                case 0xde -> object(uint16(), depth);
                case 0xdf -> object(uint32(), depth);
                default -> throw new FormatException("MessagePack has no type 0x" + Integer.toHexString(type));
            };
        }

        private static boolean isWhole(int type) {
            return type <= LAST_POSITIVE_FIXINT || type >= FIRST_NEGATIVE_FIXINT || (type >= 0xcc && type <= 0xd3);
        }

        private static boolean isText(int type) {
            return (type > LAST_FIXARRAY && type <= LAST_FIXSTR) || (type >= 0xd9 && type <= 0xdb);
        }

        private JsonNode whole(int type) throws FormatException {
            return switch (type) {
                case 0xcc -> NumberNodes.of(uint8());
                case 0xcd -> NumberNodes.of(uint16());
                case 0xce -> NumberNodes.of(uint32());
                case 0xcf -> NumberNodes.ofUnsigned(bytes.getLong());
                case 0xd0 -> NumberNodes.of(bytes.get());
                case 0xd1 -> NumberNodes.of(bytes.getShort());
                case 0xd2 -> NumberNodes.of(bytes.getInt());
                case 0xd3 -> NumberNodes.of(bytes.getLong());
                default -> NumberNodes.of((byte) type);
            };
        }

        private String text(int type) throws FormatException {
            long length = switch (type) {
                case 0xd9 -> uint8();
                case 0xda -> uint16();
                case 0xdb -> uint32();
                default -> type & 0x1f;
            };
            return Utf8.text(taken(length));
        }

        private ArrayNode array(long size, int depth) throws FormatException {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            for (long i = 0; i < size; i++) {
                array.add(node(depth + 1));
            }
            return array;
        }

        private ObjectNode object(long size, int depth) throws FormatException {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (long i = 0; i < size; i++) {
                String name = name(uint8());
                budget.name(name);
                if (object.has(name)) {
                    throw FormatException.duplicateKey();
                }
                object.set(name, node(depth + 1));
            }
            return object;
        }

        private String name(int type) throws FormatException {
            if (isText(type)) {
                return text(type);
            }
            if (isWhole(type)) {
                return whole(type).asString();
            }
            throw FormatException.invalidKey();
        }

        private JsonNode bytes(long length) throws FormatException {
            byte[] taken = taken(length);
            budget.text(taken.length);
            return JsonNodeFactory.instance.binaryNode(taken);
        }

        private JsonNode extension(long length) throws FormatException {
            if (bytes.get() != TIMESTAMP) {
                return bytes(length);
            }
            ByteBuffer time = ByteBuffer.wrap(taken(length));
            return switch (time.remaining()) {
                case Integer.BYTES -> time(time.getInt() & UINT32, 0);
                case Long.BYTES -> {
                    long both = time.getLong();
                    yield time(both & ((1L << SECONDS_BITS) - 1), both >>> SECONDS_BITS);
                }
                case TIMESTAMP_96 -> {
                    long nanos = time.getInt() & UINT32;
                    yield time(time.getLong(), nanos);
                }
                default -> throw new FormatException("a timestamp has 4, 8 or 12 bytes");
            };
        }

        private static JsonNode time(long seconds, long nanos) throws FormatException {
            try {
                if (nanos <= LAST_NANO) {
                    return JsonNodeFactory.instance.stringNode(
                            Instant.ofEpochSecond(seconds, nanos).toString());
                }
            } catch (DateTimeException e) {
                throw new FormatException("a timestamp is out of range");
            }
            throw new FormatException("a timestamp is out of range");
        }

        /** The length is what the value says, so it is compared with what is there first. */
        private byte[] taken(long length) throws FormatException {
            if (length > bytes.remaining()) {
                throw endsTooEarly();
            }
            byte[] taken = new byte[(int) length];
            bytes.get(taken);
            return taken;
        }

        private int uint8() {
            return bytes.get() & UINT8;
        }

        private int uint16() {
            return bytes.getShort() & UINT16;
        }

        private long uint32() {
            return bytes.getInt() & UINT32;
        }
    }
}
