package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.mapping.PermittedDevices;
import io.iotdarelay.mapping.Provisioning;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Keep;
import io.iotdarelay.telemetry.Provision;
import io.iotdarelay.telemetry.ProvisionRequest;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.Whereabouts;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A report whose lane depends on the directory.
 *
 * @param part which of the record's reports it is
 * @param mappedBy the name of the route that made it, which need not be the one under which the record is counted
 * @param permittedThen the devices for which that route might speak when it made it
 * @param provisions how its devices are to be created, should nobody know them
 */
record Unaddressed(
        RecordInFlight record,
        int part,
        Written report,
        String mappedBy,
        PermittedDevices permittedThen,
        List<Provision> provisions) {

    /** How one of its devices is to be created; empty if it is not. */
    Optional<Provision> provision(DeviceId device) {
        return Provision.of(device, provisions);
    }

    /** The name under which records of its topic are counted. */
    String route() {
        return record.route();
    }

    /** The devices for which the route that made it may speak now; where there is no such route any more, those of then. */
    PermittedDevices permitted(Routes now) {
        return mappedBy(now).map(Route::devices).orElse(permittedThen);
    }

    /** Whether newer reports may replace it, if the route that made it says so now. */
    @Nullable
    Keep keep(Routes now) {
        return mappedBy(now).map(Route::keep).orElse(null);
    }

    /** The route that made it, if there still is one of its name. */
    private Optional<Route> mappedBy(Routes now) {
        return now.find(record.record().position().topic(), mappedBy);
    }

    /** The child of a report that its route may move behind the gateway that the record names; empty if it may not. */
    Optional<ProvisionRequest> move(Report sendable, Routes now) {
        boolean mayMove = mappedBy(now)
                .flatMap(Route::provisioning)
                .filter(Provisioning::changeGateway)
                .isPresent();
        return mayMove && provision(sendable.device()).orElse(null) instanceof ProvisionRequest request
                ? Optional.of(request).filter(child -> child.gateway().equals(Optional.of(sendable.sender())))
                : Optional.empty();
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
        return named.equals(report) ? this : new Unaddressed(record, part, named, mappedBy, permittedThen, provisions);
    }

    /** The report, if the directory has all that it needs to be sent. It is as the directory knows its devices now. */
    Optional<Report> sendableBy(DeviceDirectory directory) {
        return report.sendableBy(directory);
    }

    SourcePartition partition() {
        return record.record().position().sourcePartition();
    }

    /**
     * Where the record is while it waits for a device.
     *
     * @param why the directory does not know it; empty if nobody says
     */
    Whereabouts whereabouts(DeviceId missing, String why) {
        return new Whereabouts(
                record.record().position(),
                report.about(),
                "directory",
                "the directory does not know " + missing + (why.isEmpty() ? "" : ": " + why));
    }
}
