package io.iotdarelay.client;

import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Shows pauses. */
final class Pauses {

    private Pauses() {}

    static Table table(List<JsonNode> pauses) {
        Table table = new Table(1, "PAUSED", "REASON", "BY", "SINCE", "UNTIL", "STOPS HERE");
        for (JsonNode each : pauses) {
            table.row(
                    target(each),
                    Fields.text(each, "reason"),
                    Fields.text(each, "by"),
                    Fields.moment(each, "since"),
                    Fields.moment(each, "until"),
                    names(each, "partitions"));
        }
        return table;
    }

    private static String target(JsonNode pause) {
        return pause.path("route").isString()
                ? "route " + Fields.text(pause, "route")
                : pause.path("partition").isString()
                        ? "partition " + Fields.text(pause, "partition")
                        : pause.path("all").asBoolean(false) ? "everything" : Fields.NONE;
    }

    /** The texts of an array. */
    static String names(JsonNode json, String field) {
        String names = Fields.list(json, field).stream().map(Fields::text).collect(Collectors.joining(", "));
        return names.isEmpty() ? Fields.NONE : names;
    }
}
