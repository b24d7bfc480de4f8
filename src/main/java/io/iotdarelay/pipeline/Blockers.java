package io.iotdarelay.pipeline;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.limits.Obstacle;
import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.DeadLetterTopics;
import io.iotdarelay.source.Pause;
import io.iotdarelay.source.PauseReason;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.Whereabouts;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What keeps records from being delivered or written, and which of them wait longest. Poll thread only. */
final class Blockers {

    private final Delivery delivery;
    private final DeadLetterTopics deadLetters;
    private final DeadLetterBudget budget;
    private Map<SourcePartition, String> unwritten = Map.of();

    Blockers(Delivery delivery, DeadLetterTopics deadLetters, DeadLetterBudget budget) {
        this.delivery = delivery;
        this.deadLetters = deadLetters;
        this.budget = budget;
    }

    /** Asks which dead letters cannot be written. */
    void refresh() {
        unwritten = deadLetters.trouble();
    }

    /**
     * Why a partition should not be read now, if so.
     *
     * @param full whether its records have become as many reports as they may
     */
    Optional<Pause> of(SourcePartition partition, String route, boolean full) {
        return delivery.obstacle()
                .map(Blockers::pause)
                .or(() -> Optional.ofNullable(unwritten.get(partition))
                        .map(why -> new Pause(PauseReason.DEAD_LETTER, why)))
                .or(() -> full
                        ? Optional.of(new Pause(PauseReason.REPORTS, PauseReason.REPORTS.meaning()))
                        : Optional.empty())
                .or(() -> budget.reasonToStop(route, partition)
                        .map(why -> new Pause(PauseReason.DEAD_LETTER_BUDGET, why)));
    }

    /** Whether dead letters are still being written. */
    boolean areLettersWritten() {
        return !deadLetters.isIdle();
    }

    /** Whether waiting for what is in flight is pointless for now. */
    boolean areStuck() {
        return delivery.isStuck() && deadLetters.isIdle();
    }

    /**
     * Where the oldest record in flight of each partition is.
     *
     * @param others those that have not come to a lane
     */
    Map<SourcePartition, Whereabouts> oldest(Stream<Whereabouts> others) {
        Map<SourcePartition, Whereabouts> oldest = new HashMap<>(delivery.oldest());
        deadLetters.oldest().forEach((partition, where) -> oldest.merge(partition, where, Whereabouts::older));
        others.forEach(where -> oldest.merge(where.position().sourcePartition(), where, Whereabouts::older));
        return oldest;
    }

    /** Where a record is that is held back, because its route is stopped or its partition has no room left. */
    static Whereabouts heldBack(RecordInFlight record, boolean full) {
        PauseReason reason = full ? PauseReason.REPORTS : PauseReason.DEAD_LETTER_BUDGET;
        return new Whereabouts(record.record().position(), null, reason.code(), reason.meaning());
    }

    /** A partition is not read while its records have waited for a schema for long. */
    static Pause waitsForRegistry(String why) {
        return new Pause(PauseReason.REGISTRY, why);
    }

    private static Pause pause(Obstacle obstacle) {
        return new Pause(
                obstacle.misconfigured() ? PauseReason.MISCONFIGURED : PauseReason.BREAKER_OPEN, obstacle.detail());
    }
}
