package io.iotdarelay.pipeline;

import io.iotdarelay.delivery.RecentByDevice;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.metrics.RecordMeters;
import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.DeadLetterTopics;
import io.iotdarelay.settle.FailedParts;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.RecentRejection;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.tracing.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How records end: delivered, skipped, or rejected and then written as a dead letter. Each is counted, reported to the budget and settled
 * once. An end for a revoked partition is ignored. Poll thread only.
 */
final class Endings {

    private final DeviceDirectory directory;
    private final DeadLetterTopics deadLetters;
    private final DeadLetterBudget budget;
    private final RecordMeters meters;
    private final Tracing tracing;
    private final Room room;
    private final DeliveredReports deliveredReports;
    private final LastDelivered last;
    private final LiveDevices live;
    private final RecentByDevice<List<RecentRejection>> rejections;
    private final InstantSource time;

    /** Records that have become several reports. */
    private final IdentityHashMap<RecordInFlight, Torn> torn = new IdentityHashMap<>();

    private int outstanding;

    /** Of one device. */
    private static final int REMEMBERED = 3;

    /** Nothing has begun. */
    Endings(
            DeviceDirectory directory,
            DeadLetterTopics deadLetters,
            DeadLetterBudget budget,
            RecordMeters meters,
            Tracing tracing,
            Room room,
            DeliveredReports deliveredReports,
            LastDelivered last,
            LiveDevices live,
            RecentByDevice<List<RecentRejection>> rejections,
            InstantSource time) {
        this.directory = directory;
        this.deadLetters = deadLetters;
        this.budget = budget;
        this.meters = meters;
        this.tracing = tracing;
        this.room = room;
        this.deliveredReports = deliveredReports;
        this.last = last;
        this.live = live;
        this.rejections = rejections;
        this.time = time;
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

    /** A record becomes several reports, or one of another route than its own: each of them ends on its own. */
    void tear(Torn record) {
        torn.put(record.record(), record);
        room.take(record.partition(), record.cost());
    }

    /** Whether the record became several reports, or one of another route than its own. */
    boolean isTorn(RecordInFlight record) {
        return torn.containsKey(record);
    }

    /** What a lane made of a report. */
    void finished(LaneEntry entry, Outcome outcome, Instant at) {
        RecordInFlight record = entry.record();
        if (record.isAbandoned()) {
            return;
        }
        Torn parts = partsOf(record);
        DeviceId sender = entry.report().sender();
        switch (outcome) {
            case Outcome.Delivered ignored -> {
                String route = parts == null ? record.route() : parts.route(entry.part());
                meters.reportDelivered(route);
                deliveredReports.add(route, entry.report(), record.assignment(), at);
                remember(record, entry.report().device(), at);
                if (parts == null) {
                    delivered(record, sender, at);
                } else {
                    room.release(parts.partition(), parts.delivered(entry.part(), sender, at));
                    endIfAllHave(parts);
                }
            }
            case Outcome.Superseded ignored -> superseded(parts, entry);
            case Outcome.Rejected rejected ->
                rejected(parts, record, entry.part(), rejected.rejection(), Optional.of(sender));
        }
    }

    private void remember(RecordInFlight record, DeviceId device, Instant at) {
        if (record.isRedriven()) {
            last.redriven(device, record.origin());
        } else {
            last.live(device, record.record().position(), at);
        }
    }

    private void superseded(@Nullable Torn parts, LaneEntry entry) {
        if (parts == null) {
            meters.reportSuperseded(entry.record().route());
            supersede(entry.record());
        } else {
            meters.reportSuperseded(parts.route(entry.part()));
            room.release(
                    parts.partition(),
                    parts.superseded(entry.part(), entry.report().sender()));
            endIfAllHave(parts);
        }
    }

    private void delivered(RecordInFlight record, DeviceId sender, Instant at) {
        Duration latency = Duration.ofMillis(
                at.toEpochMilli() - record.record().timestamp().toEpochMilli());
        if (record.isRedriven()) {
            meters.redelivered(record.route());
        } else {
            tracing.onBehalfOf(record.record(), () -> meters.delivered(record.route(), latency));
        }
        budget.delivered(record, sender);
        settled(record);
    }

    /** A report never came to a lane. */
    void rejectPart(RecordInFlight record, int part, Rejection rejection) {
        if (!record.isAbandoned()) {
            rejected(partsOf(record), record, part, rejection, senderOf(rejection));
        }
    }

    /** The parts of a record that became several. */
    private @Nullable Torn partsOf(RecordInFlight record) {
        return torn.isEmpty() ? null : torn.get(record);
    }

    private void rejected(
            @Nullable Torn parts, RecordInFlight record, int part, Rejection rejection, Optional<DeviceId> sender) {
        if (parts == null) {
            meters.reportRejected(record.route());
            budget.rejected(record, sender, rejection.reason());
            deadLetter(record, rejection, null);
        } else {
            meters.reportRejected(parts.route(part));
            room.release(parts.partition(), parts.rejected(part, rejection, sender));
            endIfAllHave(parts);
        }
    }

    /** The record ends with the last of its reports. */
    private void endIfAllHave(Torn parts) {
        if (!parts.hasEnded()) {
            return;
        }
        RecordInFlight record = parts.record();
        torn.remove(record);
        room.release(parts.partition(), parts.cost());
        Rejection rejection = parts.rejection().orElse(null);
        if (rejection == null && !parts.isDelivered()) {
            supersede(record);
            return;
        }
        if (rejection == null) {
            delivered(record, parts.sender(), parts.deliveredAt());
            return;
        }
        if (parts.hasMostlyFailed()) {
            budget.rejected(record, parts.senderOfRejected(), rejection.reason());
        } else {
            budget.delivered(record, parts.sender());
        }
        deadLetter(record, rejection, parts.failedParts());
    }

    /** The record never came to reports. */
    void reject(RecordInFlight record, Rejection rejection, @Nullable FailedParts parts) {
        if (!record.isAbandoned()) {
            budget.rejected(record, senderOf(rejection), rejection.reason());
            deadLetter(record, rejection, parts);
        }
    }

    /** Partitions have left. */
    void forgetAbandoned() {
        live.forgetAbandoned();
        torn.values().removeIf(record -> {
            if (!record.record().isAbandoned()) {
                return false;
            }
            room.release(record.partition(), record.cost());
            return true;
        });
    }

    private void deadLetter(RecordInFlight record, Rejection rejection, @Nullable FailedParts parts) {
        tracing.rejected(record.record(), rejection.reason());
        DeviceId device = rejection.device();
        if (device != null) {
            remember(record, rejection, device);
        }
        deadLetters.write(record, rejection, parts);
    }

    private void remember(RecordInFlight record, Rejection rejection, DeviceId device) {
        RecentRejection last = new RecentRejection(
                time.instant(),
                record.origin(),
                record.route(),
                rejection.reason(),
                rejection.detail(),
                rejection.answer() == null ? null : rejection.answer().errorCode());
        rejections.put(
                device,
                Stream.concat(Stream.of(last), rejections.get(device).orElse(List.of()).stream())
                        .limit(REMEMBERED)
                        .toList());
    }

    /** Kafka has the dead letter. */
    void deadLettered(RecordInFlight record, Rejection rejection) {
        if (!record.isAbandoned()) {
            meters.rejected(record.route(), rejection.reason());
            record.assignment().rejected(record.record(), rejection.reason());
            settled(record);
        }
    }

    /** There is nothing to deliver. */
    void skip(RecordInFlight record) {
        meters.skipped(record.route());
        budget.skipped(record);
        settled(record);
    }

    /** Newer records say all that it does. */
    private void supersede(RecordInFlight record) {
        meters.superseded(record.route());
        skip(record);
    }

    /** This many records of a route were in flight when their partition was revoked. */
    void abandoned(String route, int records) {
        meters.abandoned(route, records);
        outstanding -= records;
    }

    private void settled(RecordInFlight record) {
        live.ended(record);
        record.assignment().settle(record.record());
        outstanding--;
    }

    /**
     * The device that would send for the rejected one, if the directory knows both. One that the route may not speak for had no part in
     * it: a producer can name as many of them as it likes.
     */
    private Optional<DeviceId> senderOf(Rejection rejection) {
        DeviceId device = rejection.device();
        return device == null || rejection.reason() == RejectionReason.NOT_PERMITTED
                ? Optional.empty()
                : directory.find(device).map(entry -> entry.gateway() == null ? device : entry.gateway());
    }
}
