package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.Provision;
import java.util.List;

/**
 * One of the reports that a record becomes.
 *
 * @param provisions how its devices are to be created, should nobody know them: none unless the route says so
 */
public record Part(Id id, Draft draft, List<Provision> provisions) {

    /** Whose devices are not created. */
    Part(Id id, Draft draft) {
        this(id, draft, List.of());
    }

    /**
     * Which part it is: the same whenever the record is mapped, as long as the route's {@code each} stays.
     *
     * @param route the route's name
     * @param each what the route's elements are; empty where a report is made of the whole record
     * @param shape of the arrays and objects that the elements are in: an ordinal means the same element only where this is the same
     * @param ordinal counts the elements from 0 on, those included of which no report is made
     * @param path where the element is in the value, as a JSON Pointer; empty for all of the value
     */
    public record Id(String route, String each, int shape, int ordinal, String path) {

        /** For people. */
        @Override
        public String toString() {
            return path.isEmpty() ? route : route + ' ' + path;
        }
    }
}
