package io.iotdarelay.mapping;

import java.util.List;

/** What a route makes of a record. */
public sealed interface Mapping {

    /** It takes the record. */
    record Reports(List<Part> parts) implements Mapping {

        public Reports {
            parts = List.copyOf(parts);
        }
    }

    /** It does not take the record, which may be another route's. */
    record NotTaken() implements Mapping {}
}
