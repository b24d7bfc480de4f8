package io.iotdarelay.pipeline;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.limits.Obstacle;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.metrics.RecordMeters;
import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.DeadLetterWriter;
import io.iotdarelay.source.Pause;
import io.iotdarelay.source.PauseReason;
import io.iotdarelay.source.RecordHandler;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.telemetry.Whereabouts;
import io.iotdarelay.tracing.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole relay, one line per step: a record goes in, a report comes out, the offset is settled. Poll thread only. */
public final class Relay implements RecordHandler {

    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(5);
    private static final String NO_ROUTE = "none";

    private final Routes routes;
    private final Admission admission;
    private final DeviceDirectory directory;
    private final Addressing addressing;
    private final HeldBack heldBack = new HeldBack();
    private final Duration longestRequest;
    private final Delivery delivery;
    private final Settlements settlements;
    private final DeadLetterWriter deadLetters;
    private final DeadLetterBudget budget;
    private final RecordMeters meters;
    private final Tracing tracing;
    private final InstantSource time;
    private int inFlight;
    private Map<SourcePartition, String> unwritten = Map.of();
    private Instant lookedAt;

    /**
     * A relay that has not started yet.
     *
     * @param longestRequest how long a response may take
     * @param time the monotonic clock
     */
    public Relay(
            Routes routes,
            Admission admission,
            DeviceDirectory directory,
            Duration unknownGrace,
            Duration longestRequest,
            Delivery delivery,
            Settlements settlements,
            DeadLetterWriter deadLetters,
            DeadLetterBudget budget,
            RecordMeters meters,
            Tracing tracing,
            InstantSource time) {
        this.routes = routes;
        this.admission = admission;
        this.directory = directory;
        this.addressing = new Addressing(directory, unknownGrace, this::reject);
        this.longestRequest = longestRequest;
        this.delivery = delivery;
        this.settlements = settlements;
        this.deadLetters = deadLetters;
        this.budget = budget;
        this.meters = meters;
        this.tracing = tracing;
        this.time = time;
        this.lookedAt = time.instant();
        meters.expect(routes.names());
    }

    @Override
    public void begin(Assignment assignment, SourceRecord record) {
        Optional<Route> route = routes.of(record.position().topic());
        RecordInFlight begun = new RecordInFlight(assignment, record, nameOf(route));
        meters.begun(begun.route());
        inFlight++;
        heldBack.arrive(new HeldBack.Arrival(begun, route), budget::begin, this::admit);
    }

    private void admit(HeldBack.Arrival arrival) {
        RecordInFlight begun = arrival.record();
        if (arrival.route().isEmpty()) {
            reject(begun, Rejection.of(RejectionReason.UNMAPPABLE, "no route takes this topic"));
            return;
        }
        switch (admission.admit(arrival.route().get(), begun.record())) {
            case Admission.Admitted.Skipped ignored -> skip(begun);
            case Admission.Admitted.Rejected rejected -> reject(begun, rejected.rejection());
            case Admission.Admitted.Accepted accepted ->
                addressing.add(new Unaddressed(begun, accepted.report()), time.instant());
        }
    }

    @Override
    public void flush() {
        List<LaneEntry> addressed = addressing.take();
        if (!addressed.isEmpty()) {
            delivery.enqueue(addressed);
        }
        meters.publish();
    }

    @Override
    public void settle(Duration wait) {
        for (Settlement settlement : settlements.take(wait)) {
            switch (settlement) {
                case Settlement.Finished finished ->
                    finished.entries().forEach(entry -> {
                        finished(entry, finished.outcome(), finished.at());
                        addressing.ended(entry);
                    });
                case Settlement.DeadLetterWritten written -> deadLettered(written.record(), written.rejection());
                case Settlement.RouteResumed resumed -> budget.resume(resumed.route());
            }
        }
        readmit();
        heldBack.release(budget::begin, this::admit);
        flush();
    }

    /** Ignores late outcomes of partitions that have left. */
    private void finished(LaneEntry entry, Outcome outcome, Instant at) {
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

    /** The record never reached a lane. */
    private void reject(RecordInFlight record, Rejection rejection) {
        if (!record.isAbandoned()) {
            deadLetter(record, Optional.ofNullable(rejection.device()).flatMap(this::senderOf), rejection);
        }
    }

    private void deadLetter(RecordInFlight record, Optional<DeviceId> sender, Rejection rejection) {
        budget.rejected(record, sender, rejection.reason());
        tracing.rejected(record.record(), rejection.reason());
        deadLetters.write(record, rejection);
    }

    private void deadLettered(RecordInFlight record, Rejection rejection) {
        if (!record.isAbandoned()) {
            meters.rejected(record.route(), rejection.reason());
            settled(record);
        }
    }

    private void skip(RecordInFlight record) {
        meters.skipped(record.route());
        budget.skipped(record);
        settled(record);
    }

    private void settled(RecordInFlight record) {
        record.assignment().settle(record.record());
        inFlight--;
    }

    /** The device that would send for this one, if the directory has both. */
    private Optional<DeviceId> senderOf(DeviceId device) {
        return directory.find(device).map(entry -> entry.gateway() == null ? device : entry.gateway());
    }

    /** Periodically checks what other threads have learnt. */
    private void readmit() {
        Instant now = time.instant();
        if (now.isBefore(lookedAt.plus(LOOK_EVERY))) {
            return;
        }
        lookedAt = now;
        unwritten = deadLetters.trouble();
        addressing.askDirectory(now);
    }

    @Override
    public void abandoned(String topic, int records) {
        meters.abandoned(nameOf(routes.of(topic)), records);
        inFlight -= records;
    }

    @Override
    public void dropLeaving() {
        heldBack.forgetAbandoned();
        addressing.forgetAbandoned();
        budget.forgetAbandoned();
        try {
            delivery.dropLeaving()
                    .orTimeout(RELEASE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            log.atError().setCause(e).log("The event loops did not let go of partitions that have left");
        }
        flush();
    }

    @Override
    public Optional<Pause> obstacle(SourcePartition partition) {
        return delivery.obstacle()
                .map(Relay::pause)
                .or(() -> Optional.ofNullable(unwritten.get(partition))
                        .map(why -> new Pause(PauseReason.DEAD_LETTER, why)))
                .or(() -> budget.reasonToStop(nameOf(routes.of(partition.topic())), partition)
                        .map(why -> new Pause(PauseReason.DEAD_LETTER_BUDGET, why)));
    }

    @Override
    public Duration longestRequest() {
        return longestRequest;
    }

    @Override
    public boolean isBusyForLeaving() {
        try {
            return !deadLetters.isIdle()
                    || delivery.isSendingForLeaving()
                            .orTimeout(RELEASE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                            .join();
        } catch (CompletionException e) {
            log.atError().setCause(e).log("The event loops do not say what they send");
            return false;
        }
    }

    @Override
    public boolean isStuck() {
        return inFlight == heldBack.size() || (delivery.isStuck() && deadLetters.isIdle());
    }

    @Override
    public Map<SourcePartition, Whereabouts> oldest() {
        Map<SourcePartition, Whereabouts> oldest = new HashMap<>(delivery.oldest());
        deadLetters.oldest().forEach((partition, where) -> oldest.merge(partition, where, Whereabouts::older));
        Stream.concat(addressing.firsts(), heldBack.firsts().map(Relay::waitsForBudget))
                .forEach(where -> oldest.merge(where.position().sourcePartition(), where, Whereabouts::older));
        return oldest;
    }

    @Override
    public void retryNow(SourcePartition partition) {
        delivery.retryNow(partition);
    }

    @Override
    public void unblock(SourcePartition partition) {
        delivery.unblock(partition);
    }

    private static Whereabouts waitsForBudget(RecordInFlight record) {
        return new Whereabouts(
                record.record().position(),
                null,
                PauseReason.DEAD_LETTER_BUDGET.code(),
                PauseReason.DEAD_LETTER_BUDGET.meaning());
    }

    private static String nameOf(Optional<Route> route) {
        return route.map(Route::name).orElse(NO_ROUTE);
    }

    private static Pause pause(Obstacle obstacle) {
        return new Pause(
                obstacle.misconfigured() ? PauseReason.MISCONFIGURED : PauseReason.BREAKER_OPEN, obstacle.detail());
    }
}
