package io.iotdarelay.schemas;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileOptions;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.squareup.wire.Syntax;
import com.squareup.wire.schema.Field;
import com.squareup.wire.schema.internal.parser.EnumElement;
import com.squareup.wire.schema.internal.parser.FieldElement;
import com.squareup.wire.schema.internal.parser.GroupElement;
import com.squareup.wire.schema.internal.parser.MessageElement;
import com.squareup.wire.schema.internal.parser.OneOfElement;
import com.squareup.wire.schema.internal.parser.ProtoFileElement;
import com.squareup.wire.schema.internal.parser.TypeElement;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A parsed {@code .proto} file as Protobuf's own description of a file, as far as it decides how values are read. Names of types
 * are resolved by Protobuf. Options, services and extensions are left out; fields of extensions are unknown fields.
 */
final class ProtobufElements {

    private static final Pattern MAP = Pattern.compile("map\\s*<\\s*([\\w.]+)\\s*,\\s*([\\w.]+)\\s*>");

    /** The types that have no name of their own: {@code int32} and so on. */
    private static final Map<String, FieldDescriptorProto.Type> SCALARS = Stream.of(FieldDescriptorProto.Type.values())
            .filter(type -> type != FieldDescriptorProto.Type.TYPE_GROUP
                    && type != FieldDescriptorProto.Type.TYPE_MESSAGE
                    && type != FieldDescriptorProto.Type.TYPE_ENUM)
            .collect(Collectors.toUnmodifiableMap(
                    type -> type.name().substring("TYPE_".length()).toLowerCase(Locale.ROOT), Function.identity()));

    private final boolean proto3;

    private ProtobufElements(boolean proto3) {
        this.proto3 = proto3;
    }

    static FileDescriptorProto.Builder file(String name, ProtoFileElement parsed) {
        boolean proto3 = parsed.getSyntax() == Syntax.PROTO_3;
        ProtobufElements elements = new ProtobufElements(proto3);
        FileDescriptorProto.Builder file =
                FileDescriptorProto.newBuilder().setName(name).setSyntax(proto3 ? "proto3" : "proto2");
        // otherwise what is not UTF-8 in a proto2 text is replaced
        file.setOptions(FileOptions.newBuilder().setJavaStringCheckUtf8(true));
        if (parsed.getPackageName() != null) {
            file.setPackage(parsed.getPackageName());
        }
        for (TypeElement type : parsed.getTypes()) {
            switch (type) {
                case MessageElement message -> file.addMessageType(elements.message(message));
                case EnumElement symbols -> file.addEnumType(symbols(symbols));
                default -> {} // extensions
            }
        }
        return file;
    }

    /** The nested messages that were written come first: their indexes are what records name. */
    private DescriptorProto message(MessageElement element) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(element.getName());
        for (TypeElement type : element.getNestedTypes()) {
            switch (type) {
                case MessageElement nested -> message.addNestedType(message(nested));
                case EnumElement symbols -> message.addEnumType(symbols(symbols));
                default -> {} // extensions
            }
        }
        element.getFields().forEach(field -> add(message, field, null));
        element.getGroups().forEach(group -> add(message, group, null));
        for (OneOfElement choice : element.getOneOfs()) {
            int index = message.getOneofDeclCount();
            message.addOneofDecl(OneofDescriptorProto.newBuilder().setName(choice.getName()));
            choice.getFields().forEach(field -> add(message, field, index));
            choice.getGroups().forEach(group -> add(message, group, index));
        }
        presence(message);
        return message.build();
    }

    private void add(DescriptorProto.Builder message, FieldElement element, @Nullable Integer oneOf) {
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder()
                .setName(element.getName())
                .setNumber(element.getTag())
                .setLabel(label(element.getLabel()));
        Matcher map = MAP.matcher(element.getType());
        if (map.matches()) {
            String entry = entryName(element.getName());
            message.addNestedType(entry(entry, map.group(1), map.group(2)));
            field.setLabel(Label.LABEL_REPEATED).setTypeName(entry);
        } else {
            type(field, element.getType());
        }
        if (oneOf != null) {
            field.setOneofIndex(oneOf);
        } else if (proto3 && element.getLabel() == Field.Label.OPTIONAL) {
            field.setProto3Optional(true);
        }
        message.addField(field);
    }

    private void add(DescriptorProto.Builder message, GroupElement group, @Nullable Integer oneOf) {
        DescriptorProto.Builder type = DescriptorProto.newBuilder().setName(group.getName());
        group.getFields().forEach(field -> add(type, field, null));
        message.addNestedType(type);
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder()
                .setName(group.getName().toLowerCase(Locale.ROOT))
                .setNumber(group.getTag())
                .setLabel(label(group.getLabel()))
                .setType(FieldDescriptorProto.Type.TYPE_GROUP)
                .setTypeName(group.getName());
        if (oneOf != null) {
            field.setOneofIndex(oneOf);
        }
        message.addField(field);
    }

    /** A field of proto3 that is expressly optional is the only one of a choice that is made up for it. */
    private static void presence(DescriptorProto.Builder message) {
        for (FieldDescriptorProto.Builder field : message.getFieldBuilderList()) {
            if (field.getProto3Optional()) {
                field.setOneofIndex(message.getOneofDeclCount());
                message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("_" + field.getName()));
            }
        }
    }

    private static DescriptorProto entry(String name, String key, String value) {
        return DescriptorProto.newBuilder()
                .setName(name)
                .addField(entryField("key", 1, key))
                .addField(entryField("value", 2, value))
                .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                .build();
    }

    private static FieldDescriptorProto.Builder entryField(String name, int number, String type) {
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(Label.LABEL_OPTIONAL);
        type(field, type);
        return field;
    }

    /** Protobuf finds out whether a name is that of a message or an enum. */
    private static void type(FieldDescriptorProto.Builder field, String name) {
        FieldDescriptorProto.Type scalar = SCALARS.get(name);
        if (scalar == null) {
            field.setTypeName(name);
        } else {
            field.setType(scalar);
        }
    }

    private static Label label(Field.@Nullable Label label) {
        if (label == null) {
            return Label.LABEL_OPTIONAL;
        }
        return switch (label) {
            case OPTIONAL, ONE_OF -> Label.LABEL_OPTIONAL;
            case REQUIRED -> Label.LABEL_REQUIRED;
            case REPEATED -> Label.LABEL_REPEATED;
        };
    }

    /** As protoc names it: in camel case, with {@code Entry} behind. */
    private static String entryName(String field) {
        StringBuilder name = new StringBuilder();
        boolean upper = true;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '_') {
                upper = true;
            } else {
                name.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return name + "Entry";
    }

    private static EnumDescriptorProto symbols(EnumElement element) {
        EnumDescriptorProto.Builder symbols = EnumDescriptorProto.newBuilder().setName(element.getName());
        symbols.getOptionsBuilder().setAllowAlias(true);
        element.getConstants()
                .forEach(constant -> symbols.addValue(EnumValueDescriptorProto.newBuilder()
                        .setName(constant.getName())
                        .setNumber(constant.getTag())));
        return symbols.build();
    }
}
