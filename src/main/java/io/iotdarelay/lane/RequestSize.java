package io.iotdarelay.lane;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what a request with these reports would weigh, in bytes of body, while it is being put together. Never less than
 * the body that is sent: a test holds it against the real one.
 */
final class RequestSize {

    /** {@code {"services":[]}} or {@code {"devices":[]}}. */
    private static final int ENVELOPE = 15;

    /** <code>{"device_id":"","services":[]},</code> around a child's entries. */
    private static final int CHILD_ENVELOPE = 31;

    private static final int COMMA = 1;

    private final BatchLimits limits;
    private final Set<DeviceId> children = new HashSet<>();
    private @Nullable Report first;
    private int bytes = ENVELOPE;

    RequestSize(BatchLimits limits) {
        this.limits = limits;
    }

    /** Takes the report in if the request has room for it. The first always has. */
    boolean tryAdd(Report report) {
        boolean newChild = report instanceof Report.ChildProperties && !children.contains(report.device());
        int more = report.json().length()
                + COMMA
                + (newChild ? CHILD_ENVELOPE + report.device().value().length() : 0);
        if (first != null && !(fits(first, report) && bytes + more <= limits.maxRequestSize() && roomFor(newChild))) {
            return false;
        }
        first = first == null ? report : first;
        bytes += more;
        if (newChild) {
            children.add(report.device());
        }
        return true;
    }

    private boolean roomFor(boolean newChild) {
        return !newChild || children.size() < limits.maxChildren();
    }

    /** Whether the platform has a request for the two together. Messages have none. */
    private static boolean fits(Report first, Report next) {
        return switch (first) {
            case Report.Properties ignored -> next instanceof Report.Properties;
            case Report.ChildProperties ignored -> next instanceof Report.ChildProperties;
            case Report.Message ignored -> false;
        };
    }
}
