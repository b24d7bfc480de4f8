package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.SourceRecord;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What rules read: a record, its value, and the element of it that a report is made of.
 *
 * @param work what is done for the record
 * @param value the whole value; selectors such as {@code /a} begin here
 * @param here the element; all of the value outside {@code each}
 * @param outer the scope in which the element was found; none outside {@code each}
 * @param name the name of the member, where the element is one of an object
 * @param index counts the elements of the array or object
 * @param path where the element is, as a JSON Pointer; empty for all of the value
 */
record Scope(
        SourceRecord record,
        Work work,
        JsonNode value,
        JsonNode here,
        @Nullable Scope outer,
        @Nullable String name,
        int index,
        String path) {

    /** All of a record. */
    static Scope of(SourceRecord record, JsonNode value) {
        return of(record, value, new Work());
    }

    /** All of a record for which something may have been done before. */
    static Scope of(SourceRecord record, JsonNode value, Work work) {
        return new Scope(record, work, value, value, null, null, 0, "");
    }

    /** An element that is found in this scope. */
    Scope element(JsonNode node, @Nullable String name, int index, String path) {
        return new Scope(record, work, value, node, this, name, index, path);
    }

    /** The scope so many levels further out; there are as many. */
    Scope out(int levels) {
        Scope scope = this;
        for (int i = 0; i < levels; i++) {
            scope = Objects.requireNonNull(scope.outer);
        }
        return scope;
    }
}
