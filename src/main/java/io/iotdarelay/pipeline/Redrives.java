package io.iotdarelay.pipeline;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters that are sent again, beside the records of their topics. They take the same way, through the lane of their device, but have
 * no offset to commit. Each source partition has a partition of its own for them, which no topic has (its number is negative), so that their
 * order and bounds are as for any partition and never mix with those of live records. They end when the source partition leaves. Belongs to the
 * poll thread.
 */
public final class Redrives {

    /**
     * A dead letter that is to be sent again.
     *
     * @param run whose letters of a source partition keep their order: once one of them was not sent, or not to its end, because of its partition,
     *     none after it is
     * @param origin where the record stood in its source topic
     * @param record with the time stamp, key, value and headers of then; its position does not matter
     * @param unlessNewerThan when it became a dead letter, if it must stay where its device has something newer
     * @param ended is told once, on the poll thread, or once that has ended
     */
    public record Order(
            String run,
            RecordPosition origin,
            SourceRecord record,
            Optional<Instant> unlessNewerThan,
            Consumer<End> ended) {}

    /** What became of it. */
    public sealed interface End {

        /** It was delivered, or there was nothing to deliver. */
        record Delivered() implements End {}

        /** It is a dead letter again. */
        record Rejected(RejectionReason reason) implements End {}

        /** Something newer of its device was delivered: it was not sent. */
        record NewerDelivered() implements End {}

        /** A live record of its device is under way: it was not sent. */
        record NewerUnderWay() implements End {}

        /** It is not known whether something newer of its device was delivered: it was not sent. */
        record NotKnown() implements End {}

        /** An operator has paused its source partition: it was not sent. */
        record Paused() implements End {}

        /** Its source partition is not this instance's, is leaving, or has left meanwhile: then it may have been sent. */
        record NotOurs() implements End {}
    }

    private final Map<SourcePartition, Assignment> owned = new HashMap<>();
    private final Map<SourcePartition, Again> open = new HashMap<>();
    /** By source partition, why the last run had to leave letters of it, if it had to. */
    private final Map<SourcePartition, End> left = new HashMap<>();

    private final Set<SourcePartition> leaving = new HashSet<>();

    private long next;

    private String run = "";

    void assigned(SourcePartition partition, Assignment assignment) {
        owned.put(partition, assignment);
        leaving.remove(partition);
    }

    /** They are drained: what has begun may end, and nothing more begins. */
    void leaving(Collection<SourcePartition> partitions) {
        leaving.addAll(partitions);
    }

    /** Whether partitions are leaving, which shall not take longer than it must. */
    boolean isDraining() {
        return !leaving.isEmpty();
    }

    /** How many of a source partition have begun and not ended. */
    int inFlight(SourcePartition source) {
        Again again = open.get(source);
        return again == null ? 0 : again.pending.size();
    }

    /**
     * Begins a letter, if its partition is here.
     *
     * @param paused whether an operator has paused its partition
     */
    void begin(Order order, boolean paused, BiConsumer<Assignment, SourceRecord> begin) {
        SourcePartition source = order.origin().sourcePartition();
        Assignment owner = owned.get(source);
        if (!order.run().equals(run)) {
            left.clear();
            run = order.run();
        }
        End before = left.get(source);
        if (before != null) {
            order.ended().accept(before);
            return;
        }
        if (paused || owner == null || leaving.contains(source) || !owner.mayStart()) {
            End why = paused ? new End.Paused() : new End.NotOurs();
            left.put(source, why);
            order.ended().accept(why);
            return;
        }
        Again again = open.get(source);
        if (again == null || !again.isOf(owner)) {
            again = new Again(owner);
            open.put(source, again);
        }
        SourceRecord old = order.record();
        SourceRecord record = new SourceRecord(
                new RecordPosition(source.topic(), -1 - source.partition(), next++),
                old.timestamp(),
                old.key(),
                old.value(),
                old.headers());
        again.expect(record, order);
        begin.accept(again, record);
    }

    /** The order to send a record again, if there is one. */
    static Optional<Order> orderOf(RecordInFlight record) {
        return record.assignment() instanceof Again again
                ? Optional.ofNullable(
                        again.pending.get(record.record().position().offset()))
                : Optional.empty();
    }

    /** A record that is to be sent again is not, and is settled right after this. */
    static void leave(RecordInFlight record, End why) {
        if (record.assignment() instanceof Again again) {
            again.end = why;
        }
    }

    /**
     * Partitions have left.
     *
     * @param abandoned is told of which topic how many were in flight
     */
    void forgetAbandoned(ObjIntConsumer<String> abandoned) {
        owned.values().removeIf(assignment -> !assignment.isCurrent());
        leaving.retainAll(owned.keySet());
        for (Iterator<Map.Entry<SourcePartition, Again>> each = open.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<SourcePartition, Again> entry = each.next();
            if (!entry.getValue().isCurrent()) {
                each.remove();
                int unfinished = entry.getValue().abandon();
                if (unfinished > 0) {
                    left.put(entry.getKey(), new End.NotOurs());
                    abandoned.accept(entry.getKey().topic(), unfinished);
                }
            }
        }
    }

    /** Those of one source partition, as long as it is this instance's. */
    private static final class Again implements Assignment {

        private final Assignment owner;
        private final Map<Long, Order> pending = new HashMap<>();
        /** How the record ends that is settled next, unless it was delivered. */
        private @Nullable End end;

        Again(Assignment owner) {
            this.owner = owner;
        }

        @SuppressWarnings("ReferenceEquality") // that very assignment
        boolean isOf(Assignment assignment) {
            return owner == assignment;
        }

        void expect(SourceRecord record, Order order) {
            pending.put(record.position().offset(), order);
        }

        int abandon() {
            int unfinished = pending.size();
            pending.values().forEach(order -> order.ended().accept(new End.NotOurs()));
            pending.clear();
            return unfinished;
        }

        @Override
        public boolean isCurrent() {
            return owner.isCurrent();
        }

        @Override
        public boolean mayStart() {
            return owner.mayStart();
        }

        @Override
        public Optional<RecordPosition> origin(SourceRecord record) {
            return Optional.ofNullable(pending.get(record.position().offset())).map(Order::origin);
        }

        @Override
        public void rejected(SourceRecord record, RejectionReason reason) {
            end = new End.Rejected(reason);
        }

        @Override
        public void settle(SourceRecord record) {
            Order order = pending.remove(record.position().offset());
            End how = end == null ? new End.Delivered() : end;
            end = null;
            if (order != null) {
                order.ended().accept(how);
            }
        }
    }
}
