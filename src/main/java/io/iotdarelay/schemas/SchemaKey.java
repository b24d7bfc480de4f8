package io.iotdarelay.schemas;

import java.util.UUID;

/** What a record calls its schema. */
public sealed interface SchemaKey {

    /** The registry's number. */
    record Id(int number) implements SchemaKey {

        @Override
        public String toString() {
            return "schema " + number;
        }
    }

    /** The same in every registry that the schema was copied to. */
    record Guid(UUID value) implements SchemaKey {

        @Override
        public String toString() {
            return "schema " + value;
        }
    }
}
