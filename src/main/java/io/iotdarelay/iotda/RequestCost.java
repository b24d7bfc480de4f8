package io.iotdarelay.iotda;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of the quota a request uses. The platform counts a message for every 4 KB or part of it. It does not document
 * whether a gateway's request is one message or one per child, nor whether the JSON around the reports counts, so the more expensive
 * reading is used.
 */
public final class RequestCost {

    /** Bytes for which one message is counted. */
    static final int UNIT = 4096;

    /** {@code {"services":[]}} or {@code {"devices":[]}}. */
    static final int ENVELOPE = 15;

    /** <code>{"device_id":"","services":[]},</code> around a child's entries. */
    static final int CHILD_ENVELOPE = 31;

    static final int COMMA = 1;

    private RequestCost() {}

    public static double of(List<Report> reports) {
        return switch (reports.getFirst()) {
            case Report.Message message -> units(message.json().length());
            case Report.Properties ignored -> units(ENVELOPE - COMMA + RequestBody.sum(reports));
            case Report.ChildProperties ignored -> ofChildren(reports);
        };
    }

    private static int ofChildren(List<Report> reports) {
        Map<DeviceId, Integer> bytes = new HashMap<>();
        for (Report report : reports) {
            bytes.merge(report.device(), report.json().length() + COMMA, Integer::sum);
        }
        int units = 0;
        for (Map.Entry<DeviceId, Integer> child : bytes.entrySet()) {
            units += units(CHILD_ENVELOPE + child.getKey().value().length() + child.getValue());
        }
        return units;
    }

    static int units(int bytes) {
        return Math.ceilDiv(bytes, UNIT);
    }
}
