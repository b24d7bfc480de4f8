package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.mapping.Mapping;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.Whereabouts;

/** A report whose lane depends on what the directory knows. */
sealed interface Unaddressed {

    RecordInFlight record();

    /** The device that the report is about. */
    DeviceId about();

    /** The device that the directory has to know. */
    DeviceId wanted();

    boolean isResolvedBy(DeviceDirectory directory);

    /** Where the record is while it waits. */
    default Whereabouts whereabouts() {
        return new Whereabouts(
                record().record().position(), about(), "directory", "the directory does not know " + wanted());
    }

    /** The sender is known by name; the directory has to know its secret. */
    record Ready(RecordInFlight record, Report report) implements Unaddressed {

        @Override
        public DeviceId about() {
            return report.device();
        }

        @Override
        public DeviceId wanted() {
            return report.sender();
        }

        @Override
        public boolean isResolvedBy(DeviceDirectory directory) {
            return directory.credentials(report.sender()).isPresent();
        }
    }

    /** The directory has to name the gateway. */
    record GatewayWanted(RecordInFlight record, Mapping.GatewayWanted report) implements Unaddressed {

        /** The report, now that the gateway is known. */
        Ready through(DeviceId gateway) {
            return new Ready(record, report.through(gateway));
        }

        @Override
        public DeviceId about() {
            return report.child();
        }

        @Override
        public DeviceId wanted() {
            return report.child();
        }

        @Override
        public boolean isResolvedBy(DeviceDirectory directory) {
            return directory.gatewayOf(report.child()).isPresent();
        }
    }
}
