package io.iotdarelay.schemas;

import com.google.protobuf.AnyProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.WrappersProto;
import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.internal.parser.ProtoFileElement;
import com.squareup.wire.schema.internal.parser.ProtoParser;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Builds descriptors from {@code .proto} files. An import that nobody knows is left out: often only options need it. */
final class ProtobufFiles {

    /** What Protobuf brings along; registries do not keep it. */
    private static final Map<String, FileDescriptor> WELL_KNOWN = wellKnown();

    private static final String MAIN = "value.proto";

    private ProtobufFiles() {}

    static FileDescriptor compile(SchemaText schema) throws DescriptorValidationException {
        Map<String, FileDescriptor> known = new HashMap<>(WELL_KNOWN);
        for (SchemaText.Reference reference : schema.references()) {
            known.put(reference.name(), build(reference.name(), reference.text(), known));
        }
        return build(MAIN, schema.text(), known);
    }

    private static FileDescriptor build(String name, String text, Map<String, FileDescriptor> known)
            throws DescriptorValidationException {
        ProtoFileElement parsed = ProtoParser.Companion.parse(Location.get(name), text);
        FileDescriptorProto.Builder file = ProtobufElements.file(name, parsed);
        FileDescriptor[] imports = Stream.concat(parsed.getImports().stream(), parsed.getPublicImports().stream())
                .distinct()
                .filter(known::containsKey)
                .peek(file::addDependency)
                .map(known::get)
                .toArray(FileDescriptor[]::new);
        for (String shared : parsed.getPublicImports()) {
            int index = file.getDependencyList().indexOf(shared);
            if (index >= 0) {
                file.addPublicDependency(index);
            }
        }
        return FileDescriptor.buildFrom(file.build(), imports);
    }

    private static Map<String, FileDescriptor> wellKnown() {
        Map<String, FileDescriptor> files = new HashMap<>();
        Stream.of(
                        AnyProto.getDescriptor(),
                        DurationProto.getDescriptor(),
                        EmptyProto.getDescriptor(),
                        FieldMaskProto.getDescriptor(),
                        StructProto.getDescriptor(),
                        TimestampProto.getDescriptor(),
                        WrappersProto.getDescriptor())
                .forEach(file -> files.put(file.getFullName(), file));
        return Map.copyOf(files);
    }
}
