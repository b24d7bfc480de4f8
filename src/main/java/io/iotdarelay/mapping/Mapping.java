package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.Report;

/** What a route made of a record. */
public sealed interface Mapping {

    /** A report that knows its sender. */
    record Mapped(Report report) implements Mapping {}

    /** A child's report: the directory has to say which gateway carries it. */
    record GatewayWanted(DeviceId child, Json services) implements Mapping {

        /** The report, now that the gateway is known. */
        public Report.ChildProperties through(DeviceId gateway) {
            return new Report.ChildProperties(child, gateway, services);
        }
    }

    /** The route cannot make a report of the record. */
    record Unmappable(Rejection rejection) implements Mapping {}
}
