package io.iotdarelay.registry;

import io.iotdarelay.schemas.SchemaKey;

/** Where decoders look schemas up. */
interface SchemaLookup {

    /** What is known about a schema. */
    Lookup lookup(SchemaKey key);

    /** Why a record that needs this schema waits. */
    String reason(SchemaKey key);
}
