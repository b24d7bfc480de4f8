package io.iotdarelay.schemas;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.WireFormat;
import io.iotdarelay.decode.NumberNodes;
import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Reads messages directly into trees, as {@link ProtobufTrees} would convert them, at half the cost. What hardly any serializer
 * writes is left to the library: groups, required fields, and a message that is sent in several parts.
 */
final class ProtobufReader {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Numbers of fields that are found in an array. */
    private static final int FEW = 128;

    /** As the library. */
    private static final int MAX_DEPTH = 100;

    private final Map<Descriptor, Layout> layouts = new HashMap<>();

    private ProtobufReader() {}

    /** One for these types, unless they need the library. */
    static @Nullable ProtobufReader of(Iterable<Descriptor> types) {
        ProtobufReader reader = new ProtobufReader();
        for (Descriptor type : types) {
            if (type.getFields().stream()
                    .anyMatch(field -> field.isRequired() || field.getType() == FieldDescriptor.Type.GROUP)) {
                return null;
            }
            reader.layouts.put(type, new Layout(type));
        }
        reader.layouts.values().forEach(layout -> layout.link(reader.layouts));
        return reader;
    }

    /** Reads a message; null if the library has to. */
    @Nullable
    JsonNode read(Descriptor type, CodedInputStream in) throws IOException {
        Layout layout = layouts.get(type);
        if (layout == null) {
            return null;
        }
        try {
            JsonNode tree = new Reading(in).message(layout);
            in.checkLastTagWas(0);
            return tree;
        } catch (ForTheLibrary e) {
            return null;
        }
    }

    /** It is valid, but rare. */
    private static final class ForTheLibrary extends IOException {

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    /** A field, and where its value is kept while its message is read. */
    private static final class Slot {

        private final int index;
        private final FieldDescriptor descriptor;
        private final String name;
        private final FieldDescriptor.Type type;
        private final int wireType;
        private final boolean repeated;
        private final boolean map;
        private final boolean packable;
        private final boolean presence;
        private final @Nullable OneofDescriptor oneof;
        private final @Nullable JsonNode scalarDefault;
        private @Nullable Layout message;

        Slot(int index, FieldDescriptor field) {
            this.index = index;
            this.descriptor = field;
            this.name = field.getName();
            this.type = field.getType();
            this.wireType = field.getLiteType().getWireType();
            this.repeated = field.isRepeated();
            this.map = field.isMapField();
            this.packable = field.isPackable();
            this.presence = field.hasPresence();
            this.oneof = field.getContainingOneof();
            this.scalarDefault = repeated || type == FieldDescriptor.Type.MESSAGE
                    ? null
                    : ProtobufTrees.scalar(field, field.getDefaultValue());
        }

        /** What it is if it is not there, although it cannot be left out. */
        JsonNode absent() {
            if (map) {
                return NODES.objectNode();
            }
            return repeated || scalarDefault == null ? NODES.arrayNode() : scalarDefault;
        }
    }

    /** How messages of a type are read. */
    private static final class Layout {

        private final ProtobufTrees.Kind kind;
        private final Slot[] slots;
        private final @Nullable Slot[] few = new Slot[FEW];
        private final Map<Integer, Slot> others = new HashMap<>();

        Layout(Descriptor type) {
            this.kind = ProtobufTrees.Kind.of(type);
            List<FieldDescriptor> fields = type.getFields();
            this.slots = new Slot[fields.size()];
            for (int i = 0; i < slots.length; i++) {
                Slot slot = new Slot(i, fields.get(i));
                slots[i] = slot;
                int number = fields.get(i).getNumber();
                if (number < FEW) {
                    few[number] = slot;
                } else {
                    others.put(number, slot);
                }
            }
        }

        void link(Map<Descriptor, Layout> layouts) {
            for (Slot slot : slots) {
                if (slot.type == FieldDescriptor.Type.MESSAGE) {
                    slot.message = layouts.get(slot.descriptor.getMessageType());
                }
            }
        }

        @Nullable
        Slot slot(int number) {
            return number < FEW ? few[number] : others.get(number);
        }
    }

    /** One message with all that it contains. */
    private static final class Reading {

        private final CodedInputStream in;
        private int depth;
        private final ValueCount values = new ValueCount();

        Reading(CodedInputStream in) {
            this.in = in;
        }

        JsonNode message(Layout layout) throws IOException {
            @Nullable JsonNode[] found = fields(layout);
            Slot[] slots = layout.slots;
            return switch (layout.kind) {
                case PLAIN -> plain(slots, found);
                case TIMESTAMP -> ProtobufTrees.timestamp(number(found[0]), number(found[1]));
                case DURATION -> ProtobufTrees.duration(number(found[0]), number(found[1]));
                case STRUCT, LIST, WRAPPER -> found[0] == null ? slots[0].absent() : found[0];
                case VALUE -> ProtobufTrees.choice(found);
            };
        }

        private ObjectNode plain(Slot[] slots, @Nullable JsonNode[] found) throws IOException {
            ObjectNode object = NODES.objectNode();
            for (int i = 0; i < slots.length; i++) {
                JsonNode value = found[i];
                if (value == null && !slots[i].presence) {
                    value = slots[i].absent();
                }
                if (value != null) {
                    values.add();
                    object.set(slots[i].name, value);
                }
            }
            return object;
        }

        private @Nullable JsonNode[] fields(Layout layout) throws IOException {
            @Nullable JsonNode[] found = new JsonNode[layout.slots.length];
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                Slot slot = layout.slot(WireFormat.getTagFieldNumber(tag));
                if (slot == null) {
                    skip(tag);
                } else {
                    field(tag, slot, layout, found);
                }
            }
            return found;
        }

        private void field(int tag, Slot slot, Layout layout, @Nullable JsonNode[] found) throws IOException {
            int wireType = WireFormat.getTagWireType(tag);
            if (wireType != slot.wireType) {
                if (slot.packable && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                    packed(slot, found);
                } else {
                    skip(tag);
                }
            } else if (slot.map) {
                entry(slot, found);
            } else if (slot.repeated) {
                add(slot, found);
            } else {
                JsonNode before = found[slot.index];
                if (before != null && slot.message != null) {
                    throw new ForTheLibrary();
                }
                JsonNode value = value(slot);
                if (value != null) {
                    forgetAlternatives(slot, layout, found);
                    found[slot.index] = value;
                }
            }
        }

        /** A later field of a choice takes the place of an earlier one. */
        private static void forgetAlternatives(Slot slot, Layout layout, @Nullable JsonNode[] found) {
            if (slot.oneof != null) {
                for (Slot other : layout.slots) {
                    if (other.oneof == slot.oneof) {
                        found[other.index] = null;
                    }
                }
            }
        }

        private void packed(Slot slot, @Nullable JsonNode[] found) throws IOException {
            int limit = in.pushLimit(in.readRawVarint32());
            while (in.getBytesUntilLimit() > 0) {
                add(slot, found);
            }
            in.popLimit(limit);
        }

        private void add(Slot slot, @Nullable JsonNode[] found) throws IOException {
            values.add();
            JsonNode value = value(slot);
            if (value != null) {
                JsonNode array = found[slot.index];
                if (array == null) {
                    array = NODES.arrayNode();
                    found[slot.index] = array;
                }
                ((ArrayNode) array).add(value);
            }
        }

        private void entry(Slot slot, @Nullable JsonNode[] found) throws IOException {
            values.add();
            Layout layout = slot.message;
            if (layout == null) {
                throw new ForTheLibrary();
            }
            int limit = enter();
            @Nullable JsonNode[] pair = fields(layout);
            leave(limit);
            Slot ofValue = layout.slots[1];
            JsonNode value = pair[1];
            if (value == null) {
                if (ofValue.scalarDefault == null || ofValue.type == FieldDescriptor.Type.ENUM) {
                    throw new ForTheLibrary();
                }
                value = ofValue.scalarDefault;
            }
            JsonNode key = pair[0] == null ? layout.slots[0].absent() : pair[0];
            JsonNode object = found[slot.index];
            if (object == null) {
                object = NODES.objectNode();
                found[slot.index] = object;
            }
            ((ObjectNode) object).set(key.asString(), value);
        }

        /** Null for a symbol that a closed enum does not have: it counts as an unknown field. */
        private @Nullable JsonNode value(Slot slot) throws IOException {
            return switch (slot.type) {
                case INT32 -> NODES.numberNode(in.readInt32());
                case SINT32 -> NODES.numberNode(in.readSInt32());
                case SFIXED32 -> NODES.numberNode(in.readSFixed32());
                case UINT32 -> NODES.numberNode(Integer.toUnsignedLong(in.readUInt32()));
                case FIXED32 -> NODES.numberNode(Integer.toUnsignedLong(in.readFixed32()));
                case INT64 -> NODES.numberNode(in.readInt64());
                case SINT64 -> NODES.numberNode(in.readSInt64());
                case SFIXED64 -> NODES.numberNode(in.readSFixed64());
                case UINT64 -> ProtobufTrees.unsigned(in.readUInt64());
                case FIXED64 -> ProtobufTrees.unsigned(in.readFixed64());
                case FLOAT -> NumberNodes.of(in.readFloat());
                case DOUBLE -> NumberNodes.of(in.readDouble());
                case BOOL -> BooleanNode.valueOf(in.readBool());
                case STRING -> StringNode.valueOf(in.readStringRequireUtf8());
                case BYTES -> StringNode.valueOf(Base64.getEncoder().encodeToString(in.readByteArray()));
                case ENUM -> symbol(slot, in.readEnum());
                case MESSAGE -> nested(slot);
                case GROUP -> throw new ForTheLibrary();
            };
        }

        private static @Nullable JsonNode symbol(Slot slot, int number) {
            EnumValueDescriptor known = slot.descriptor.getEnumType().findValueByNumber(number);
            if (known != null) {
                return StringNode.valueOf(known.getName());
            }
            return slot.descriptor.getEnumType().isClosed() ? null : NODES.numberNode(number);
        }

        private JsonNode nested(Slot slot) throws IOException {
            if (slot.message == null) {
                throw new ForTheLibrary();
            }
            int limit = enter();
            JsonNode value = message(slot.message);
            leave(limit);
            return value;
        }

        private int enter() throws IOException {
            int length = in.readRawVarint32();
            if (++depth > MAX_DEPTH) {
                throw new IOException("messages are nested in more than " + MAX_DEPTH + " levels");
            }
            return in.pushLimit(length);
        }

        private void leave(int limit) throws IOException {
            in.checkLastTagWas(0);
            in.popLimit(limit);
            depth--;
        }

        private void skip(int tag) throws IOException {
            if (!in.skipField(tag)) {
                throw new IOException("a group ends without having begun");
            }
        }
    }

    private static long number(@Nullable JsonNode value) {
        return value == null ? 0 : value.longValue();
    }
}
