package io.iotdarelay.schemas;

/** The languages that a schema can be written in. The names are those of the registry's interface. */
public enum SchemaType {
    AVRO("Avro"),
    PROTOBUF("Protobuf"),
    JSON("JSON Schema");

    private final String title;

    SchemaType(String title) {
        this.title = title;
    }

    /** As people write it. */
    public String title() {
        return title;
    }
}
