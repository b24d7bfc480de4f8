package io.iotdarelay.schemas;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import io.iotdarelay.decode.Decoding;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Values of the messages of one Protobuf file.
 *
 * @param file its messages in the order in which they were written
 */
record ProtobufSchema(
        FileDescriptor file, ProtobufTrees trees, @Nullable ProtobufReader reader) implements CompiledSchema {

    static Compilation compile(SchemaText schema) {
        try {
            FileDescriptor file = ProtobufFiles.compile(schema);
            ProtobufTrees trees = ProtobufTrees.of(file);
            return new Compilation.Compiled(new ProtobufSchema(file, trees, ProtobufReader.of(trees.types())));
        } catch (RuntimeException | DescriptorValidationException e) { // whatever the parser makes of a text
            return new Compilation.Unusable("it is not valid Protobuf: " + OneLine.of(e));
        }
    }

    @Override
    public SchemaType type() {
        return SchemaType.PROTOBUF;
    }

    @Override
    public Decoding decode(Framing.Framed value) {
        Optional<Descriptor> type = message(value.message());
        if (type.isEmpty()) {
            return undecodable(value, "the schema has no message " + value.message());
        }
        try {
            return new Decoding.Decoded(tree(type.get(), value));
        } catch (IOException e) {
            return undecodable(value, OneLine.of(e));
        }
    }

    private JsonNode tree(Descriptor type, Framing.Framed value) throws IOException {
        JsonNode tree = reader == null ? null : reader.read(type, input(value));
        return tree == null ? trees.tree(DynamicMessage.parseFrom(type, input(value))) : tree;
    }

    private static CodedInputStream input(Framing.Framed value) {
        return CodedInputStream.newInstance(value.bytes(), value.start(), value.bytes().length - value.start());
    }

    private Optional<Descriptor> message(List<Integer> path) {
        List<Descriptor> types = file.getMessageTypes();
        Descriptor found = null;
        for (int index : path) {
            if (index >= types.size() || types.get(index).getOptions().getMapEntry()) {
                return Optional.empty();
            }
            found = types.get(index);
            types = found.getNestedTypes();
        }
        return Optional.ofNullable(found);
    }

    private static Decoding undecodable(Framing.Framed value, String why) {
        return new Decoding.Undecodable("the value does not match Protobuf " + value.schema() + ": " + why);
    }
}
