package io.iotdarelay.decode;

/** The formats that a record's value can have. */
public enum Format {
    /** One JSON value, RFC 8259. */
    JSON,

    /** Any number of JSON values, in lines or one directly behind the other. They become an array. */
    JSON_LINES,

    /** RFC 8949. */
    CBOR,

    MESSAGEPACK,

    SMILE,

    /** UTF-8. */
    TEXT,

    /** Anything. */
    BYTES,

    /** InfluxDB's line protocol. */
    INFLUX,

    /** RFC 4180, with columns that the route names. */
    CSV,

    /** Sensor measurement lists in JSON, RFC 8428. */
    SENML,

    /** The same in CBOR. */
    SENML_CBOR,

    /** CloudEvents, structured or binary. */
    CLOUDEVENTS,

    /** Kafka Connect's envelope of schema and payload. */
    CONNECT_JSON,

    /** What the record's headers say. */
    AUTO,

    /** Avro with a schema in a registry, in Confluent's wire format. */
    AVRO,

    /** Protobuf, likewise. */
    PROTOBUF,

    /** JSON behind the ID of a JSON Schema, likewise. */
    JSON_SCHEMA;

    /** Whether a value names a schema that describes it. */
    public boolean needsSchema() {
        return this == AVRO || this == PROTOBUF || this == JSON_SCHEMA;
    }
}
