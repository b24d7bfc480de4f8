package io.iotdarelay.lane;

import io.iotdarelay.telemetry.DeviceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one sending device. First in, first out; a batch that is put back goes first, unchanged, so that the same
 * request is resent. Not thread-safe: a lane belongs to one event loop.
 */
public final class Lane {

    private final DeviceId sender;
    private final Deque<Batch> returned = new ArrayDeque<>();
    private final Deque<LaneEntry> waiting = new ArrayDeque<>();
    private final Superseding.@Nullable Rule rule;

    /** Once there is a report that newer ones may replace. */
    private @Nullable Superseding superseding;

    /** The next request as it would be now, while somebody asks how full it is. */
    private Packing.@Nullable Parcel next;

    private boolean nextIsFull;

    /** A lane that keeps all of its reports. */
    public Lane(DeviceId sender) {
        this(sender, null);
    }

    /** A lane that keeps the latest of those reports of which the rule says so. */
    public Lane(DeviceId sender, Superseding.@Nullable Rule rule) {
        this.sender = sender;
        this.rule = rule;
    }

    public DeviceId sender() {
        return sender;
    }

    public boolean isEmpty() {
        return returned.isEmpty() && waiting.isEmpty();
    }

    /** Reports that wait. */
    public int size() {
        return returned.stream().mapToInt(Batch::size).sum() + waiting.size();
    }

    public void add(LaneEntry entry) {
        waiting.add(entry);
        if (next != null && !nextIsFull) {
            nextIsFull = !next.tryAdd(entry.report());
        }
        int before = waiting.size();
        if (superseding == null && rule != null && rule.mayReplace(entry)) {
            superseding = new Superseding(rule);
        }
        if (superseding != null) {
            superseding.added(waiting);
            next = waiting.size() < before ? null : next;
        }
    }

    /**
     * The next batch: as much as fits into one request. Reports of partitions that have left are dropped on the way. The
     * caller has to finish the batch, or put it back.
     */
    public Optional<Batch> take(Packing packing) {
        return takeTightly(packing, Double.MAX_VALUE);
    }

    /** The same, but only as much as fills up to so many units of the quota best. What was sent before stays as it was. */
    public Optional<Batch> takeTightly(Packing packing, double mostUnits) {
        next = null;
        while (!returned.isEmpty()) {
            Optional<Batch> first = current(returned.remove());
            if (first.isPresent()) {
                return first;
            }
        }
        if (superseding != null) {
            superseding.thin(waiting);
        }
        return takeWaiting(packing, mostUnits);
    }

    private Optional<Batch> takeWaiting(Packing packing, double mostUnits) {
        Packing.Parcel request = packing.empty();
        List<LaneEntry> entries = List.of();
        for (LaneEntry entry = waiting.peek(); entry != null; entry = waiting.peek()) {
            if (!entry.record().mayStart()) {
                waiting.remove();
            } else if (request.tryAdd(entry.report())) {
                entries = with(entries, waiting.remove());
            } else {
                break;
            }
        }
        if (mostUnits < Double.MAX_VALUE && !entries.isEmpty()) {
            for (int best = packing.best(entries, mostUnits); entries.size() > best; ) {
                waiting.push(entries.removeLast());
            }
        }
        return entries.isEmpty() ? Optional.empty() : Optional.of(Batch.of(entries));
    }

    /** How well the next request fills what it costs, from 0 to 1; 1 if it gets no better by waiting. */
    public double fill(Packing packing) {
        if (!returned.isEmpty()) {
            return 1;
        }
        return nextIsFull(packing) ? 1 : Objects.requireNonNull(next).fill();
    }

    /** Whether not all that waits fits into the next request. */
    private boolean nextIsFull(Packing packing) {
        if (next == null) {
            next = packing.empty();
            nextIsFull = false;
            for (LaneEntry entry : waiting) {
                if (!next.tryAdd(entry.report())) {
                    nextIsFull = true;
                    break;
                }
            }
        }
        return nextIsFull;
    }

    /** Most requests carry one report, while there is no backlog. */
    private static List<LaneEntry> with(List<LaneEntry> entries, LaneEntry next) {
        if (entries.isEmpty()) {
            return List.of(next);
        }
        List<LaneEntry> more = entries.size() == 1 ? new ArrayList<>(entries) : entries;
        more.add(next);
        return more;
    }

    /** The next report, without removing it. Its partition may have left. */
    public Optional<LaneEntry> first() {
        return returned.isEmpty()
                ? Optional.ofNullable(waiting.peek())
                : Optional.of(returned.getFirst().entries().getFirst());
    }

    /** All of them, in order, without removing them. */
    public Stream<LaneEntry> entries() {
        return Stream.concat(returned.stream().flatMap(batch -> batch.entries().stream()), waiting.stream());
    }

    /** Whether waiting longer would not make the next request larger. */
    public boolean isFull(Packing packing) {
        return !returned.isEmpty() || nextIsFull(packing);
    }

    /** Puts back a batch that could not be sent. If it was never sent, it may grow by the next reports. */
    public void putBackUnsent(Batch batch) {
        next = null;
        if (batch.attempts() > 0 || !returned.isEmpty()) {
            returned.push(batch);
        } else {
            batch.entries().reversed().forEach(waiting::push);
        }
    }

    /** Puts a batch back, whole or in parts, before everything queued. */
    public void putBack(List<Batch> parts) {
        parts.reversed().forEach(returned::push);
    }

    /** Forgets the reports for which no request may be sent any more. */
    public void dropLeaving() {
        next = null;
        waiting.removeIf(entry -> !entry.record().mayStart());
        List<Batch> kept =
                returned.stream().map(Lane::current).flatMap(Optional::stream).toList();
        returned.clear();
        returned.addAll(kept);
    }

    /** Empties the lane, in order. */
    public List<LaneEntry> takeAll() {
        List<LaneEntry> all = new ArrayList<>();
        returned.forEach(batch -> all.addAll(batch.entries()));
        all.addAll(waiting);
        returned.clear();
        waiting.clear();
        next = null;
        return all;
    }

    private static Optional<Batch> current(Batch batch) {
        List<LaneEntry> entries = batch.entries().stream()
                .filter(entry -> entry.record().mayStart())
                .toList();
        return entries.isEmpty() ? Optional.empty() : Optional.of(batch.with(entries));
    }
}
