package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.Report;

/** The result of mapping a record. */
public sealed interface Mapping {

    /** There is something to report. */
    sealed interface Reportable extends Mapping {

        /** The device that the report is about. */
        DeviceId about();

        /** The device that has to be in the directory. */
        DeviceId wanted();

        /** The report's own part of a request. */
        Json json();
    }

    /** A report that knows its sender, whose secret has to be in the directory. */
    record Mapped(Report report) implements Reportable {

        @Override
        public DeviceId about() {
            return report.device();
        }

        @Override
        public DeviceId wanted() {
            return report.sender();
        }

        @Override
        public Json json() {
            return report.json();
        }
    }

    /** A child's report, whose gateway has to be looked up in the directory. */
    record GatewayWanted(DeviceId child, Json services) implements Reportable {

        @Override
        public DeviceId about() {
            return child;
        }

        @Override
        public DeviceId wanted() {
            return child;
        }

        @Override
        public Json json() {
            return services;
        }

        /** The report, now that the gateway is known. */
        public Report.ChildProperties through(DeviceId gateway) {
            return new Report.ChildProperties(child, gateway, services);
        }
    }

    /** The route cannot build a report from the record. */
    record Unmappable(Rejection rejection) implements Mapping {}
}
