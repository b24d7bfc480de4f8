package io.iotdarelay.iotda;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of the quota a request uses. The platform counts a message for every 4 KB or part of it. It does not document
 * whether a gateway's request is one message or one per child, so the more expensive reading is used.
 */
public final class RequestCost {

    private static final int UNIT = 4096;

    private RequestCost() {}

    public static double of(List<Report> reports) {
        return reports.getFirst() instanceof Report.ChildProperties ? ofChildren(reports) : ofOne(reports);
    }

    private static double ofOne(List<Report> reports) {
        int bytes = 0;
        for (Report report : reports) {
            bytes += report.json().length();
        }
        return Math.ceilDiv(bytes, UNIT);
    }

    private static double ofChildren(List<Report> reports) {
        Map<DeviceId, Integer> bytes = new HashMap<>();
        for (Report report : reports) {
            bytes.merge(report.device(), report.json().length(), Integer::sum);
        }
        return bytes.values().stream()
                .mapToInt(size -> Math.ceilDiv(size, UNIT))
                .sum();
    }
}
