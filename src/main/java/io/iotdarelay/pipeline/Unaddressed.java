package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.Whereabouts;
import java.util.Optional;

/**
 * A report whose lane depends on the directory.
 *
 * @param part which of the record's reports it is
 */
record Unaddressed(RecordInFlight record, int part, Written report) {

    DeviceId wanted() {
        return report.wanted();
    }

    DeviceId about() {
        return report.about();
    }

    /** The report as the directory knows its devices now: by their IDs, and a child by its gateway. */
    Unaddressed in(DeviceDirectory directory) {
        Written named = report.in(directory);
        return named.equals(report) ? this : new Unaddressed(record, part, named);
    }

    /** The report, if the directory has all that it needs to be sent. */
    Optional<Report> resolvedBy(DeviceDirectory directory) {
        return in(directory).sendableBy(directory);
    }

    /** The same for a report that is as the directory knows its devices now. */
    Optional<Report> sendableBy(DeviceDirectory directory) {
        return report.sendableBy(directory);
    }

    /** Where the record is while it waits. */
    Whereabouts whereabouts() {
        return new Whereabouts(
                record.record().position(), report.about(), "directory", "the directory does not know " + wanted());
    }
}
