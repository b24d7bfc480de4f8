package io.iotdarelay.settle;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.RecordInFlight;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * Puts outcomes back into the order of their partition's records: a rejection is known at once, a delivery only when the
 * platform has responded. An outcome is passed on when those of all earlier records of its partition have been. Belongs to
 * the poll thread.
 */
final class OutcomeOrder {

    private final int mostWaiting;

    /** The records of each assignment from the first one on whose outcome is not known. */
    private final IdentityHashMap<Assignment, SequencedMap<Long, Optional<Ended>>> partitions = new IdentityHashMap<>();

    private int waiting;

    /**
     * Nothing has begun.
     *
     * @param mostWaiting so many outcomes may wait for an earlier one, over all partitions. Beyond that the earlier one is passed over: it
     *     takes its place as an outcome that is not known, and is passed on when it comes.
     */
    OutcomeOrder(int mostWaiting) {
        this.mostWaiting = mostWaiting;
    }

    /** A record begins; those of a partition in the order of their offsets. */
    void begin(RecordInFlight record) {
        partitions
                .computeIfAbsent(record.assignment(), any -> new LinkedHashMap<>())
                .put(offset(record), Optional.empty());
    }

    /** The record is not counted. */
    void skip(RecordInFlight record, Consumer<Optional<Ended>> next) {
        SequencedMap<Long, Optional<Ended>> records = partitions.get(record.assignment());
        if (records != null) {
            records.remove(offset(record));
            passOn(records, next);
        }
    }

    /**
     * A record has an outcome.
     *
     * @param next takes what is known in order now; nothing for a record that was passed over
     */
    void end(RecordInFlight record, Ended ended, Consumer<Optional<Ended>> next) {
        SequencedMap<Long, Optional<Ended>> records = partitions.get(record.assignment());
        Optional<Ended> outcome = Optional.of(ended);
        if (records == null || records.replace(offset(record), outcome) == null) {
            next.accept(outcome);
        } else {
            waiting++;
            passOn(records, next);
        }
    }

    /** Forgets partitions that have left. */
    void forgetAbandoned() {
        partitions.entrySet().removeIf(entry -> {
            if (entry.getKey().isCurrent()) {
                return false;
            }
            waiting -= (int) entry.getValue().values().stream()
                    .filter(Optional::isPresent)
                    .count();
            return true;
        });
    }

    private void passOn(SequencedMap<Long, Optional<Ended>> records, Consumer<Optional<Ended>> next) {
        for (Iterator<Optional<Ended>> each = records.values().iterator(); each.hasNext(); ) {
            Optional<Ended> first = each.next();
            if (first.isEmpty() && waiting <= mostWaiting) {
                return;
            }
            each.remove();
            if (first.isPresent()) {
                waiting--;
            }
            next.accept(first);
        }
    }

    private static long offset(RecordInFlight record) {
        return record.record().position().offset();
    }
}
