package io.iotdarelay.pipeline;

import io.iotdarelay.mapping.Part;
import io.iotdarelay.settle.FailedParts;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.SourcePartition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A record in flight that has become several reports, each of which ends on its own. Belongs to the poll thread. */
final class Torn {

    private static final int MOST_NAMED = 20;
    private static final int LONGEST_DETAIL = 200;
    private static final int LONGEST_PATH = 200;

    /**
     * A part that was rejected.
     *
     * @param sender the device that would have sent it, if the directory knows
     */
    record Failure(Part.Id part, Rejection rejection, Optional<DeviceId> sender) {

        private Failure inBrief() {
            String detail = cut(rejection.detail(), LONGEST_DETAIL);
            return new Failure(
                    part,
                    new Rejection(rejection.reason(), detail, rejection.device(), null, rejection.attempts()),
                    sender);
        }

        @Override
        public String toString() {
            String device =
                    rejection.device() == null ? "" : " " + rejection.device().value();
            return brief(part) + device + ": " + rejection.reason().code() + ", "
                    + cut(rejection.detail(), LONGEST_DETAIL);
        }
    }

    private final RecordInFlight record;
    private final DeliveredParts delivered;
    private final List<Part.Id> parts;
    private final int[] costs;

    /** The first ones, in the order of the parts. */
    private final TreeMap<Integer, Failure> failures = new TreeMap<>();

    private int open;
    private int failed;
    private @Nullable DeviceId sender;
    private Instant deliveredAt = Instant.MIN;

    /**
     * A record whose parts begin.
     *
     * @param before parts that were delivered when the record was sent before
     */
    Torn(RecordInFlight record, List<Piece> pieces, DeliveredParts before) {
        this.record = record;
        this.delivered = before;
        this.parts = new ArrayList<>(pieces.size());
        this.costs = new int[pieces.size()];
        this.open = pieces.size();
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Accepted accepted) {
                costs[parts.size()] = Room.cost(accepted.report().json());
            }
            parts.add(brief(piece.id()));
        }
    }

    RecordInFlight record() {
        return record;
    }

    /** Where the record is from. */
    SourcePartition partition() {
        return record.record().position().sourcePartition();
    }

    /** What the record costs, and the parts that have not ended. */
    long cost() {
        long sum = (long) Room.PART * costs.length;
        for (int cost : costs) {
            sum += cost;
        }
        return sum;
    }

    /** The route of a part. */
    String route(int part) {
        return parts.get(part).route();
    }

    /** A part was delivered. Returns what it cost. */
    int delivered(int part, DeviceId by, Instant at) {
        delivered.add(parts.get(part));
        if (sender == null) {
            sender = by;
        }
        deliveredAt = at.isAfter(deliveredAt) ? at : deliveredAt;
        return end(part);
    }

    /**
     * A part was not sent, for newer ones replace it: a record that is redriven need not send it either. Returns what it cost.
     */
    int superseded(int part, DeviceId by) {
        delivered.add(parts.get(part));
        if (sender == null) {
            sender = by;
        }
        return end(part);
    }

    /** A part was rejected. Returns what it cost. */
    int rejected(int part, Rejection rejection, Optional<DeviceId> by) {
        failed++;
        if (failures.size() < MOST_NAMED || part < failures.lastKey()) {
            keep(part, new Failure(parts.get(part), brief(rejection), by));
        }
        return end(part);
    }

    /** Only the first failure is kept in full. */
    private void keep(int part, Failure failure) {
        Integer first = failures.isEmpty() ? null : failures.firstKey();
        failures.put(part, first == null || part < first ? failure : failure.inBrief());
        if (first != null && part < first) {
            failures.computeIfPresent(first, (any, former) -> former.inBrief());
        }
        if (failures.size() > MOST_NAMED) {
            failures.pollLastEntry();
        }
    }

    private int end(int part) {
        open--;
        int cost = costs[part];
        costs[part] = 0;
        return cost;
    }

    boolean hasEnded() {
        return open == 0;
    }

    /** The first rejection, in the order of the parts; nothing if all were delivered. */
    Optional<Rejection> rejection() {
        return first().map(Failure::rejection);
    }

    /** Whether as many of its parts were rejected as delivered, or more: the dead-letter budget counts a record once. */
    boolean hasMostlyFailed() {
        return 2 * failed >= parts.size();
    }

    /** Whether at least one of its parts was delivered. */
    boolean isDelivered() {
        return !deliveredAt.equals(Instant.MIN);
    }

    /** The device that sent the first part that was delivered, or would have. */
    DeviceId sender() {
        return Objects.requireNonNull(sender);
    }

    /** When the last of its parts was delivered. */
    Instant deliveredAt() {
        return deliveredAt;
    }

    /** The device that would have sent the first part that was rejected. */
    Optional<DeviceId> senderOfRejected() {
        return first().flatMap(Failure::sender);
    }

    /** For the headers of the dead letter. */
    FailedParts failedParts() {
        return new FailedParts(
                first().map(failure -> failure.part().route()).orElse(record.route()),
                describe(List.copyOf(failures.values()), failed),
                delivered.toString());
    }

    private Optional<Failure> first() {
        return Optional.ofNullable(failures.firstEntry()).map(Map.Entry::getValue);
    }

    /** The names of members can be of any length. */
    private static Part.Id brief(Part.Id part) {
        return part.path().length() <= LONGEST_PATH
                ? part
                : new Part.Id(part.route(), part.each(), part.shape(), part.ordinal(), cut(part.path(), LONGEST_PATH));
    }

    /** As much of a rejection as a header holds. */
    static Rejection brief(Rejection rejection) {
        String detail = FailedParts.excerpt(rejection.detail());
        return detail.length() == rejection.detail().length()
                ? rejection
                : new Rejection(
                        rejection.reason(), detail, rejection.device(), rejection.answer(), rejection.attempts());
    }

    private static String cut(String text, int longest) {
        return text.length() > longest ? text.substring(0, longest) + "..." : text;
    }

    /**
     * The first of them, for people.
     *
     * @param all how many failed
     */
    static String describe(List<Failure> failures, int all) {
        StringBuilder text = new StringBuilder();
        for (Failure failure : failures.subList(0, Math.min(failures.size(), MOST_NAMED))) {
            text.append(text.isEmpty() ? "" : "; ").append(failure);
        }
        int more = all - MOST_NAMED;
        return more > 0 ? text + "; and " + more + " more" : text.toString();
    }
}
