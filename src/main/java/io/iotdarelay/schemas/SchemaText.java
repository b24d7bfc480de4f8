package io.iotdarelay.schemas;

import java.util.List;

/**
 * A schema as it was written.
 *
 * @param text the schema itself
 * @param references the schemas that it refers to, directly or not, each once and after those that it refers to itself
 */
public record SchemaText(SchemaType type, String text, List<Reference> references) {

    /**
     * A schema that others refer to.
     *
     * @param name what they call it: the full name of a type in Avro, the path of an import in Protobuf
     */
    public record Reference(String name, String text) {}
}
