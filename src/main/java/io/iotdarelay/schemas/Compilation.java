package io.iotdarelay.schemas;

/** The result of compiling a schema. */
public sealed interface Compilation {

    /** Values can be read by it. */
    record Compiled(CompiledSchema schema) implements Compilation {}

    /**
     * No value can be read by it.
     *
     * @param detail why
     */
    record Unusable(String detail) implements Compilation {}

    /** Compiles a schema. JSON Schema describes values that can be read without it. */
    static Compilation of(SchemaText schema) {
        try {
            return switch (schema.type()) {
                case AVRO -> AvroSchema.compile(schema);
                case PROTOBUF -> ProtobufSchema.compile(schema);
                case JSON -> new Unusable("values of a JSON Schema are read without it");
            };
        } catch (StackOverflowError e) { // parsers descend as deeply as a schema is nested
            return new Unusable("it is nested too deeply");
        }
    }
}
