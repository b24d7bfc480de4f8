package io.iotdarelay.iotda;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.lane.Packing;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * Which reports share a request: those of one kind, up to a size and a number of child devices. Messages never do.
 *
 * @param maxSize of the body, in bytes; a single larger report is sent alone
 * @param maxChildren child devices in a gateway's request
 */
public record RequestPacking(int maxSize, int maxChildren) implements Packing {

    /** The platform's limit for child devices in one HTTPS request. (MQTT allows 100.) */
    private static final int MAX_CHILDREN = 50;

    /** A request that fills its units as well as this is as good as one that fills fewer of them better. */
    private static final double WELL_FILLED = 0.95;

    /** Up to this size, and as many child devices as the platform accepts. */
    static RequestPacking upTo(DataSize maxSize) {
        return new RequestPacking((int) maxSize.toBytes(), MAX_CHILDREN);
    }

    @Override
    public Parcel empty() {
        return new Body();
    }

    /** A child's services are its own, whichever others its gateway reports. A message is never replaced. */
    @Override
    public Set<String> subjects(Report report) {
        return switch (report) {
            case Report.Properties ignored -> ServiceIds.of(report);
            case Report.ChildProperties ignored -> ServiceIds.of(report);
            case Report.Message ignored -> Set.of();
        };
    }

    /** A gateway's children have units of their own, and messages go alone: of those, all. */
    @Override
    public int best(List<LaneEntry> entries, double mostUnits) {
        if (!(entries.getFirst().report() instanceof Report.Properties)) {
            return entries.size();
        }
        int best = 1;
        double bestFill = 0;
        int bytes = RequestCost.ENVELOPE - RequestCost.COMMA;
        for (int i = 0; i < entries.size(); i++) {
            bytes += RequestCost.COMMA + entries.get(i).report().json().length();
            int units = RequestCost.units(bytes);
            double fill = (double) bytes / RequestCost.UNIT / units;
            if (units <= mostUnits && (fill >= bestFill || fill >= WELL_FILLED)) {
                best = i + 1;
                bestFill = fill;
            }
        }
        return best;
    }

    /**
     * Computes the size of the body with these reports, in bytes. Never less than the actual body: a test compares them.
     */
    private final class Body implements Parcel {

        private Set<DeviceId> children = Set.of();
        private @Nullable Report first;
        private int bytes = RequestCost.ENVELOPE;

        @Override
        public boolean tryAdd(Report report) {
            boolean newChild = report instanceof Report.ChildProperties && !children.contains(report.device());
            int more = report.json().length()
                    + RequestCost.COMMA
                    + (newChild
                            ? RequestCost.CHILD_ENVELOPE
                                    + report.device().value().length()
                            : 0);
            if (first != null && !(goTogether(first, report) && bytes + more <= maxSize && roomFor(newChild))) {
                return false;
            }
            first = first == null ? report : first;
            bytes += more;
            if (newChild) {
                children = children.isEmpty() ? new HashSet<>() : children;
                children.add(report.device());
            }
            return true;
        }

        /** A gateway's children have units of their own, which more of the same child would fill. */
        @Override
        public double fill() {
            return switch (first) {
                case Report.Properties ignored -> Math.min(1, (double) bytes / RequestCost.UNIT);
                case Report.ChildProperties ignored -> Math.min(1, (double) bytes / RequestCost.UNIT / children.size());
                case Report.Message ignored -> 1;
                case null -> 0;
            };
        }

        private boolean roomFor(boolean newChild) {
            return !newChild || children.size() < maxChildren;
        }

        /** Whether the platform has a request for the two together. Messages have none. */
        private static boolean goTogether(Report first, Report next) {
            return switch (first) {
                case Report.Properties ignored -> next instanceof Report.Properties;
                case Report.ChildProperties ignored -> next instanceof Report.ChildProperties;
                case Report.Message ignored -> false;
            };
        }
    }
}
