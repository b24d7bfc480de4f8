package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.metrics.RecordMeters;
import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.DeadLetterWriter;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.tracing.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How records end: delivered, skipped, or rejected and then written as a dead letter. Each is counted, reported to the budget and settled
 * once. An end for a revoked partition is ignored. Poll thread only.
 */
final class Endings {

    private final DeviceDirectory directory;
    private final DeadLetterWriter deadLetters;
    private final DeadLetterBudget budget;
    private final RecordMeters meters;
    private final Tracing tracing;
    private int outstanding;

    Endings(
            DeviceDirectory directory,
            DeadLetterWriter deadLetters,
            DeadLetterBudget budget,
            RecordMeters meters,
            Tracing tracing) {
        this.directory = directory;
        this.deadLetters = deadLetters;
        this.budget = budget;
        this.meters = meters;
        this.tracing = tracing;
    }

    /** A record has begun. */
    void expect(RecordInFlight record) {
        meters.begun(record.route());
        outstanding++;
    }

    /** How many records have begun and not ended. */
    int outstanding() {
        return outstanding;
    }

    /** A lane's outcome of a record. */
    void finished(LaneEntry entry, Outcome outcome, Instant at) {
        RecordInFlight record = entry.record();
        if (record.isAbandoned()) {
            return;
        }
        switch (outcome) {
            case Outcome.Delivered ignored -> {
                Duration latency = Duration.between(record.record().timestamp(), at);
                tracing.onBehalfOf(record.record(), () -> meters.delivered(record.route(), latency));
                budget.delivered(record, entry.report().sender());
                settled(record);
            }
            case Outcome.Skipped ignored -> skip(record);
            case Outcome.Rejected rejected ->
                deadLetter(record, Optional.of(entry.report().sender()), rejected.rejection());
        }
    }

    /** The record never came to a lane. */
    void reject(RecordInFlight record, Rejection rejection) {
        if (!record.isAbandoned()) {
            deadLetter(record, Optional.ofNullable(rejection.device()).flatMap(this::senderOf), rejection);
        }
    }

    private void deadLetter(RecordInFlight record, Optional<DeviceId> sender, Rejection rejection) {
        budget.rejected(record, sender, rejection.reason());
        tracing.rejected(record.record(), rejection.reason());
        deadLetters.write(record, rejection);
    }

    /** Kafka has the dead letter. */
    void deadLettered(RecordInFlight record, Rejection rejection) {
        if (!record.isAbandoned()) {
            meters.rejected(record.route(), rejection.reason());
            settled(record);
        }
    }

    /** There is nothing to deliver. */
    void skip(RecordInFlight record) {
        meters.skipped(record.route());
        budget.skipped(record);
        settled(record);
    }

    /** This many records of a route were in flight when their partition was revoked. */
    void abandoned(String route, int records) {
        meters.abandoned(route, records);
        outstanding -= records;
    }

    private void settled(RecordInFlight record) {
        record.assignment().settle(record.record());
        outstanding--;
    }

    /** The device that would send for this one, if the directory knows both. */
    private Optional<DeviceId> senderOf(DeviceId device) {
        return directory.find(device).map(entry -> entry.gateway() == null ? device : entry.gateway());
    }
}
