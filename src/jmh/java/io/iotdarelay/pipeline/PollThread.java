package io.iotdarelay.pipeline;

import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.delivery.DefectLog;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.iotda.RequestBody;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.model.LoadedModels;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.tracing.Tracing;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.unit.DataSize;

/** What the poll thread does with a record's value, in the relay's own classes, and the request's body that a lane makes of it. */
public final class PollThread {

    private static final RecordsProperties DEFAULTS =
            new RecordsProperties(RecordsProperties.Unmatched.SKIP, 1000, DataSize.ofMegabytes(4));

    private final List<Route> routes;
    private final Admission admission;

    /** With the routes of one topic. */
    public PollThread(
            List<Route> routes, RecordDecoders decoders, LoadedModels models, DeviceDirectory directory, Clock clock) {
        this.routes = routes;
        this.admission = new Admission(
                decoders,
                new NodeNames(directory::named),
                new Permission(directory),
                new ModelGate(new ModelCheck(() -> models, directory::productOf, (route, rule, action, times) -> {})),
                RequestBody.LIMIT,
                DEFAULTS,
                new DefectLog(clock),
                Tracing.OFF);
    }

    /** Decodes, maps, checks and writes; the reports in one body. Throws where there is nothing to send. */
    public byte[] body(SourceRecord record) {
        return RequestBody.of(reports(record));
    }

    /** The same up to the reports. */
    public List<Report> reports(SourceRecord record) {
        if (!(admission.admit(routes, record) instanceof Admission.Admitted.Accepted accepted)) {
            throw new IllegalStateException(admission.admit(routes, record).toString());
        }
        List<Report> reports = new ArrayList<>(accepted.pieces().size());
        for (Piece piece : accepted.pieces()) {
            if (!(piece instanceof Piece.Accepted report && report.report() instanceof Written.Ready ready)) {
                throw new IllegalStateException(piece.toString());
            }
            reports.add(ready.report());
        }
        return reports;
    }
}
