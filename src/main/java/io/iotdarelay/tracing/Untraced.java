package io.iotdarelay.tracing;

import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.List;

/** The no-op implementation, at no cost. */
final class Untraced implements Tracing {

    @Override
    public RequestTrace report(List<SourceRecord> records, int attempt) {
        return RequestTrace.NONE;
    }

    @Override
    public RequestTrace authentication() {
        return RequestTrace.NONE;
    }

    @Override
    public void rejected(SourceRecord record, RejectionReason reason) {}

    @Override
    public void onBehalfOf(SourceRecord record, Runnable work) {
        work.run();
    }
}
