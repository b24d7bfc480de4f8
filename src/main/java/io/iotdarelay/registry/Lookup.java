package io.iotdarelay.registry;

import io.iotdarelay.schemas.CompiledSchema;

/** What is known about a schema now. */
sealed interface Lookup {

    /** Values can be read by it. */
    record Known(CompiledSchema schema) implements Lookup {}

    /**
     * No value can be read by it.
     *
     * @param detail why: there is none, or it is not usable
     */
    record Unreadable(String detail) implements Lookup {}

    /** Not known yet: it is being fetched. */
    record Awaited() implements Lookup {}
}
