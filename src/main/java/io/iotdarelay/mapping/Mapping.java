package io.iotdarelay.mapping;

import java.util.List;

/** What a route makes of a record. */
public sealed interface Mapping {

    /**
     * It takes the record.
     *
     * @param parts none where an array is empty. Each is mapped when it is asked for, so that a record is never in memory as all of its
     *     reports at once.
     */
    record Reports(List<Part> parts) implements Mapping {}

    /** It does not take the record, which may be another route's. */
    record NotTaken() implements Mapping {}
}
