package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.SourceRecord;
import tools.jackson.databind.JsonNode;

/**
 * What rules read: a record, its value, and the part of it that a report is made of.
 *
 * @param value the whole value; selectors such as {@code /a} begin here
 * @param here the part; all of the value unless the route or the service names an array or an object by {@code each}
 */
record Scope(SourceRecord record, JsonNode value, JsonNode here) {

    /** All of a record. */
    static Scope of(SourceRecord record, JsonNode value) {
        return new Scope(record, value, value);
    }
}
