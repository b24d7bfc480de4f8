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

        /** The device that the directory has to know. */
        DeviceId wanted();

        /** The report's own part of a request. */
        Json json();
    }

    /** A report that knows its sender; the directory has to know the sender's secret. */
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

    /** A child's report: the directory has to say which gateway carries it. */
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

    /** The route cannot make a report of the record. */
    record Unmappable(Rejection rejection) implements Mapping {}
}
