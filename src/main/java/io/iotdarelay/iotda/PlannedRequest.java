package io.iotdarelay.iotda;

import io.iotdarelay.lane.Packing;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.unit.DataSize;

/**
 * A request as it would be sent, without its token. The body is shared and must not be changed.
 *
 * @param sender the device whose token it would carry
 */
@SuppressWarnings("ArrayRecordComponent") // shown, never compared
public record PlannedRequest(String method, String path, DeviceId sender, byte[] body) {

    /** The requests that carry these reports, if nothing else is waiting: in order, joined as far as a lane joins them. */
    public static List<PlannedRequest> of(List<Report> reports, DataSize maxSize) {
        List<PlannedRequest> requests = new ArrayList<>();
        List<Report> together = new ArrayList<>();
        Packing packing = RequestPacking.upTo(maxSize);
        Packing.Parcel parcel = packing.empty();
        for (Report report : reports) {
            boolean fits = together.isEmpty() || together.getFirst().sender().equals(report.sender());
            if (!fits || !parcel.tryAdd(report)) {
                requests.add(of(together));
                together = new ArrayList<>();
                parcel = packing.empty();
                parcel.tryAdd(report);
            }
            together.add(report);
        }
        if (!together.isEmpty()) {
            requests.add(of(together));
        }
        return List.copyOf(requests);
    }

    private static PlannedRequest of(List<Report> together) {
        Report first = together.getFirst();
        return new PlannedRequest("POST", Api.of(first).path(first.sender()), first.sender(), RequestBody.of(together));
    }
}
