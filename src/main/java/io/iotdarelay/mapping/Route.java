package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.SourceRecord;
import tools.jackson.databind.JsonNode;

/** A compiled route. Immutable; the same record always produces the same report. */
public final class Route {

    private final String name;
    private final ReportRule rule;

    Route(String name, ReportRule rule) {
        this.name = name;
        this.rule = rule;
    }

    public String name() {
        return name;
    }

    public Mapping map(SourceRecord record, JsonNode value) {
        return rule.apply(record, value);
    }
}
