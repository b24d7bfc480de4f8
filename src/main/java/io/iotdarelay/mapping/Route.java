package io.iotdarelay.mapping;

import io.iotdarelay.decode.Encoding;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A compiled route. Immutable; the same record always becomes the same reports. */
public final class Route {

    private final String name;
    private final Encoding encoding;
    private final ReportRule rule;

    Route(String name, Encoding encoding, ReportRule rule) {
        this.name = name;
        this.encoding = encoding;
        this.rule = rule;
    }

    public String name() {
        return name;
    }

    /** How the records' values are written. */
    public Encoding encoding() {
        return encoding;
    }

    public Mapping map(SourceRecord record, JsonNode value) {
        return new Mapping.Reports(List.of(new Part(name, 0, "", rule.draft(Scope.of(record, value)))));
    }
}
