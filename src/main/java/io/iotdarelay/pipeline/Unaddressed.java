package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Whereabouts;

/**
 * A report whose lane depends on the directory.
 *
 * @param part which of the record's reports it is
 */
record Unaddressed(RecordInFlight record, int part, Written report) {

    DeviceId wanted() {
        return report.wanted();
    }

    boolean isResolvedBy(DeviceDirectory directory) {
        return switch (report) {
            case Written.Ready ready -> directory.credentials(ready.wanted()).isPresent();
            case Written.GatewayWanted child ->
                directory.gatewayOf(child.wanted()).isPresent();
        };
    }

    /** Where the record is while it waits. */
    Whereabouts whereabouts() {
        return new Whereabouts(
                record.record().position(), report.about(), "directory", "the directory does not know " + wanted());
    }
}
