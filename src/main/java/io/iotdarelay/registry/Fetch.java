package io.iotdarelay.registry;

import io.iotdarelay.schemas.SchemaText;

/** The result of asking for a schema. */
sealed interface Fetch {

    record Found(SchemaText schema) implements Fetch {}

    /**
     * The registry has none.
     *
     * @param detail what it lacks
     */
    record Missing(String detail) implements Fetch {}

    /**
     * It is not known whether the registry has it.
     *
     * @param misconfigured whether only a wrong configuration, here or there, explains it
     */
    record Failed(String detail, boolean misconfigured) implements Fetch {}
}
