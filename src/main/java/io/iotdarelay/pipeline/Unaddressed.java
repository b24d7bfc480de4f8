package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.mapping.PermittedDevices;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.Whereabouts;
import java.util.Optional;

/**
 * A report whose lane depends on the directory.
 *
 * @param part which of the record's reports it is
 * @param permitted the devices for which its route may speak
 */
record Unaddressed(RecordInFlight record, int part, Written report, PermittedDevices permitted) {

    /** The name under which records of its topic are counted. */
    String route() {
        return record.route();
    }

    DeviceId wanted() {
        return report.wanted();
    }

    DeviceId about() {
        return report.about();
    }

    /** The report as the directory knows its devices now: by their IDs, and a child by its gateway. */
    Unaddressed in(DeviceDirectory directory) {
        Written named = report.in(directory);
        return named.equals(report) ? this : new Unaddressed(record, part, named, permitted);
    }

    /** The report, if the directory has all that it needs to be sent. It is as the directory knows its devices now. */
    Optional<Report> sendableBy(DeviceDirectory directory) {
        return report.sendableBy(directory);
    }

    /** Where the record is while it waits for a device. */
    Whereabouts whereabouts(DeviceId missing) {
        return new Whereabouts(
                record.record().position(), report.about(), "directory", "the directory does not know " + missing);
    }
}
