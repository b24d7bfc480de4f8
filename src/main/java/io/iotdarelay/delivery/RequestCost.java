package io.iotdarelay.delivery;

import io.iotdarelay.lane.Batch;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import java.util.HashMap;
import java.util.Map;

/**
 * What a request costs of the quota: the platform counts a message for each 4 KB begun, and whether a gateway's request is one
 * message or one for each child it does not say, so the dearer reading counts.
 */
final class RequestCost {

    private static final int UNIT = 4096;

    private RequestCost() {}

    static double of(Batch batch) {
        Map<DeviceId, Integer> bytes = new HashMap<>();
        for (Report report : batch.reports()) {
            bytes.merge(report.device(), report.json().length(), Integer::sum);
        }
        return bytes.values().stream()
                .mapToInt(size -> Math.ceilDiv(size, UNIT))
                .sum();
    }
}
