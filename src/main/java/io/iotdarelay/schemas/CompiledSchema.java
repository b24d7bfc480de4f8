package io.iotdarelay.schemas;

import io.iotdarelay.decode.Decoding;

/** A schema that values can be read by. Immutable; any thread may use it. */
public sealed interface CompiledSchema permits AvroSchema, ProtobufSchema {

    SchemaType type();

    /** Reads a value. */
    Decoding decode(Framing.Framed value);
}
