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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole relay, a line a step: a record goes in, a report comes out, the offset is settled. Poll thread only. */
public final class Relay implements RecordHandler {

    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(5);
    private static final String NO_ROUTE = "none";

    private final Routes routes;
    private final Admission admission;
    private final DeviceDirectory directory;
    private final WaitingForDirectory<Unaddressed> waiting;
    private final Roaming roaming = new Roaming();
    private final Duration longestRequest;
    private final Delivery delivery;
    private final Settlements settlements;
    private final DeadLetterWriter deadLetters;
    private final DeadLetterBudget budget;
    private final RecordMeters meters;
    private final Tracing tracing;
    private final Clock wall;
    private final InstantSource time;
    private List<LaneEntry> addressed = new ArrayList<>();
    private Map<SourcePartition, String> unwritten = Map.of();
    private Instant lookedAt;

    /**
     * A relay at rest.
     *
     * @param longestRequest how long a response may take
     * @param wall is compared with the time stamps of records
     * @param time never jumps
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
            Clock wall,
            InstantSource time) {
        this.routes = routes;
        this.admission = admission;
        this.directory = directory;
        this.waiting = new WaitingForDirectory<>(unknownGrace);
        this.longestRequest = longestRequest;
        this.delivery = delivery;
        this.settlements = settlements;
        this.deadLetters = deadLetters;
        this.budget = budget;
        this.meters = meters;
        this.tracing = tracing;
        this.wall = wall;
        this.time = time;
        this.lookedAt = time.instant();
        meters.expect(routes.names());
    }

    @Override
    public void begin(Assignment assignment, SourceRecord record) {
        Optional<Route> route = routes.of(record.position().topic());
        RecordInFlight begun = new RecordInFlight(assignment, record, nameOf(route));
        meters.begun(begun.route());
        if (route.isEmpty()) {
            reject(begun, Rejection.of(RejectionReason.UNMAPPABLE, "no route takes this topic"));
            return;
        }
        switch (admission.admit(route.get(), record)) {
            case Admission.Admitted.Skipped ignored -> finished(begun, new Outcome.Skipped(), wall.instant());
            case Admission.Admitted.Rejected rejected -> reject(begun, rejected.rejection());
            case Admission.Admitted.Mapped mapped -> address(new Unaddressed.Ready(begun, mapped.report()));
            case Admission.Admitted.GatewayWanted wanted ->
                address(new Unaddressed.GatewayWanted(begun, wanted.report()));
        }
    }

    /** Finds the lane of a report. Where the directory does not know whose that is, the report waits. */
    private void address(Unaddressed report) {
        DeviceId wanted = report.wanted();
        if (!waiting.isAwaited(wanted) && report.isResolvedBy(directory)) {
            proceed(report);
        } else if (!waiting.await(wanted, report, time.instant())) {
            rejectUnknown(report);
        }
    }

    /** The directory knew what the report needs, a moment ago. */
    private void proceed(Unaddressed resolved) {
        switch (resolved) {
            case Unaddressed.GatewayWanted wanted ->
                directory
                        .gatewayOf(wanted.about())
                        .ifPresentOrElse(gateway -> address(wanted.through(gateway)), () -> address(wanted));
            case Unaddressed.Ready ready -> enter(new LaneEntry(ready.record(), ready.report()));
        }
    }

    private void enter(LaneEntry entry) {
        if (roaming.enters(entry)) {
            addressed.add(entry);
        }
    }

    private void rejectUnknown(Unaddressed report) {
        reject(
                report.record(),
                Rejection.of(
                                RejectionReason.UNKNOWN_DEVICE,
                                RejectionReason.UNKNOWN_DEVICE.meaning() + ": " + report.wanted())
                        .about(report.about()));
    }

    @Override
    public void flush() {
        if (!addressed.isEmpty()) {
            delivery.enqueue(addressed);
            addressed = new ArrayList<>();
        }
        meters.publish();
    }

    @Override
    public void settle(Duration wait) {
        for (Settlement settlement : settlements.take(wait)) {
            switch (settlement) {
                case Settlement.Finished finished ->
                    finished.entries().forEach(entry -> {
                        finished(entry.record(), finished.outcome(), finished.at());
                        addressed.addAll(roaming.left(entry));
                    });
                case Settlement.DeadLetterWritten written -> deadLettered(written.record(), written.rejection());
                case Settlement.RouteResumed resumed -> budget.resume(resumed.route());
            }
        }
        look();
        flush();
    }

    /** The one place where a record's fate is sealed. What is late, for a partition that has left, does not count. */
    private void finished(RecordInFlight record, Outcome outcome, Instant at) {
        if (record.isAbandoned()) {
            return;
        }
        switch (outcome) {
            case Outcome.Delivered ignored -> {
                Duration latency = Duration.between(record.record().timestamp(), at);
                tracing.onBehalfOf(record.record(), () -> meters.delivered(record.route(), latency));
                budget.succeeded(record.route());
                record.assignment().settle(record.record());
            }
            case Outcome.Skipped ignored -> {
                meters.skipped(record.route());
                record.assignment().settle(record.record());
            }
            case Outcome.Rejected rejected -> {
                budget.rejected(record.route(), rejected.rejection().reason());
                tracing.rejected(record.record(), rejected.rejection().reason());
                deadLetters.write(record, rejected.rejection());
            }
        }
    }

    private void reject(RecordInFlight record, Rejection rejection) {
        finished(record, new Outcome.Rejected(rejection), wall.instant());
    }

    private void deadLettered(RecordInFlight record, Rejection rejection) {
        if (!record.isAbandoned()) {
            meters.rejected(record.route(), rejection.reason());
            record.assignment().settle(record.record());
        }
    }

    /** Lets go on what the directory has learnt of, and ends what has waited for too long. */
    private void look() {
        Instant now = time.instant();
        if (now.isBefore(lookedAt.plus(LOOK_EVERY))) {
            return;
        }
        lookedAt = now;
        unwritten = deadLetters.trouble();
        waiting.takeResolved(report -> report.isResolvedBy(directory)).forEach(this::proceed);
        waiting.takeExpired(now).forEach(this::rejectUnknown);
    }

    @Override
    public void abandoned(String topic, int records) {
        meters.abandoned(nameOf(routes.of(topic)), records);
    }

    @Override
    public void release() {
        waiting.removeIf(unaddressed -> unaddressed.record().isAbandoned());
        addressed.removeIf(entry -> entry.record().isAbandoned());
        addressed.addAll(roaming.forgetAbandoned());
        try {
            delivery.release()
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
                .or(() -> budget.reasonToStop(nameOf(routes.of(partition.topic())))
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
        return delivery.isStuck() && deadLetters.isIdle();
    }

    @Override
    public Map<SourcePartition, Whereabouts> oldest() {
        Map<SourcePartition, Whereabouts> oldest = new HashMap<>(delivery.oldest());
        deadLetters.oldest().forEach((partition, where) -> oldest.merge(partition, where, Whereabouts::older));
        Stream.concat(
                        waiting.firsts().map(Unaddressed::whereabouts),
                        roaming.firsts().map(Relay::waitsForFormerGateway))
                .forEach(where -> oldest.merge(where.position().sourcePartition(), where, Whereabouts::older));
        return oldest;
    }

    @Override
    public void hurry(SourcePartition partition) {
        delivery.hurry(partition);
    }

    @Override
    public void giveWay(SourcePartition partition) {
        delivery.giveWay(partition);
    }

    private static Whereabouts waitsForFormerGateway(LaneEntry entry) {
        return new Whereabouts(
                entry.record().record().position(),
                entry.report().device(),
                "former-gateway",
                "earlier records of the child are in flight through another gateway");
    }

    private static String nameOf(Optional<Route> route) {
        return route.map(Route::name).orElse(NO_ROUTE);
    }

    private static Pause pause(Obstacle obstacle) {
        return new Pause(
                obstacle.misconfigured() ? PauseReason.MISCONFIGURED : PauseReason.BREAKER_OPEN, obstacle.detail());
    }
}
