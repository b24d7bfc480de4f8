package io.iotdarelay.pipeline;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.delivery.Obstacle;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.metrics.RecordMeters;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole relay, a line a step: a record goes in, a report comes out, the offset is settled. Poll thread only. */
public final class Relay implements RecordHandler {

    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private static final Duration LOOK_AT_DIRECTORY_EVERY = Duration.ofMillis(100);
    private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(5);
    private static final String NO_ROUTE = "none";

    private final Routes routes;
    private final Admission admission;
    private final DeviceDirectory directory;
    private final WaitingForDirectory<Unaddressed> waiting;
    private final Delivery delivery;
    private final Settlements settlements;
    private final DeadLetterWriter deadLetters;
    private final RecordMeters meters;
    private final Clock clock;
    private List<LaneEntry> addressed = new ArrayList<>();
    private Instant lookedAtDirectory;

    public Relay(
            Routes routes,
            Admission admission,
            DeviceDirectory directory,
            Duration unknownGrace,
            Delivery delivery,
            Settlements settlements,
            DeadLetterWriter deadLetters,
            RecordMeters meters,
            Clock clock) {
        this.routes = routes;
        this.admission = admission;
        this.directory = directory;
        this.waiting = new WaitingForDirectory<>(unknownGrace);
        this.delivery = delivery;
        this.settlements = settlements;
        this.deadLetters = deadLetters;
        this.meters = meters;
        this.clock = clock;
        this.lookedAtDirectory = clock.instant();
        meters.expect(routes.names());
    }

    @Override
    public void begin(Assignment assignment, SourceRecord record) {
        Optional<Route> route = routes.of(record.position().topic());
        RecordInFlight begun =
                new RecordInFlight(assignment, record, route.map(Route::name).orElse(NO_ROUTE));
        meters.begun(begun.route());
        if (route.isEmpty()) {
            settle(begun, new Outcome.Rejected(Rejection.of(RejectionReason.UNMAPPABLE, "no route takes this topic")));
            return;
        }
        switch (admission.admit(route.get(), record)) {
            case Admission.Admitted.Skipped ignored -> settle(begun, new Outcome.Skipped());
            case Admission.Admitted.Rejected rejected -> settle(begun, new Outcome.Rejected(rejected.rejection()));
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
        } else if (!waiting.await(wanted, report, clock.instant())) {
            rejectUnknown(report);
        }
    }

    /** The directory knows what the report needs. */
    private void proceed(Unaddressed resolved) {
        switch (resolved) {
            case Unaddressed.GatewayWanted wanted ->
                directory.gatewayOf(wanted.about()).ifPresent(gateway -> address(wanted.through(gateway)));
            case Unaddressed.Ready ready -> addressed.add(new LaneEntry(ready.record(), ready.report()));
        }
    }

    private void rejectUnknown(Unaddressed report) {
        settle(
                report.record(),
                new Outcome.Rejected(Rejection.of(
                                RejectionReason.UNKNOWN_DEVICE,
                                RejectionReason.UNKNOWN_DEVICE.meaning() + ": " + report.wanted())
                        .about(report.about())));
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
                    finished.records().forEach(record -> finished(record, finished.outcome(), finished.at()));
                case Settlement.DeadLetterWritten written -> deadLettered(written.record(), written.rejection());
            }
        }
        lookAtDirectory();
        meters.publish();
    }

    /** The one place where a record's fate is sealed. What is late, for a partition that has left, does not count. */
    private void finished(RecordInFlight record, Outcome outcome, Instant at) {
        if (record.isAbandoned()) {
            return;
        }
        switch (outcome) {
            case Outcome.Delivered ignored -> {
                meters.delivered(
                        record.route(), Duration.between(record.record().timestamp(), at));
                record.assignment().settle(record.record());
            }
            case Outcome.Skipped ignored -> {
                meters.skipped(record.route());
                record.assignment().settle(record.record());
            }
            case Outcome.Rejected rejected -> deadLetters.write(record, rejected.rejection());
        }
    }

    private void settle(RecordInFlight record, Outcome outcome) {
        finished(record, outcome, clock.instant());
    }

    private void deadLettered(RecordInFlight record, Rejection rejection) {
        if (!record.isAbandoned()) {
            meters.rejected(record.route(), rejection.reason());
            record.assignment().settle(record.record());
        }
    }

    /** Lets go on what the directory has learnt of, and ends what has waited for too long. */
    private void lookAtDirectory() {
        Instant now = clock.instant();
        if (now.isBefore(lookedAtDirectory.plus(LOOK_AT_DIRECTORY_EVERY))) {
            return;
        }
        lookedAtDirectory = now;
        waiting.takeResolved(report -> report.isResolvedBy(directory)).forEach(this::proceed);
        waiting.takeExpired(now).forEach(this::rejectUnknown);
        flush();
    }

    @Override
    public void abandoned(String topic, int records) {
        String route = routes.of(topic).map(Route::name).orElse(NO_ROUTE);
        meters.abandoned(route, records);
    }

    @Override
    public void release() {
        waiting.removeIf(unaddressed -> unaddressed.record().isAbandoned());
        try {
            delivery.release()
                    .orTimeout(RELEASE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            log.atError().setCause(e).log("The event loops did not let go of partitions that have left");
        }
        meters.publish();
    }

    @Override
    public Optional<Pause> obstacle() {
        return delivery.obstacle().map(Relay::pause);
    }

    @Override
    public Map<SourcePartition, Pause> obstacles() {
        Map<SourcePartition, Pause> pauses = new HashMap<>();
        deadLetters
                .trouble()
                .forEach((partition, why) -> pauses.put(partition, new Pause(PauseReason.DEAD_LETTER, why)));
        return pauses;
    }

    @Override
    public boolean isStuck() {
        return delivery.isStuck() && deadLetters.isIdle();
    }

    private static Pause pause(Obstacle obstacle) {
        return new Pause(
                obstacle.misconfigured() ? PauseReason.MISCONFIGURED : PauseReason.BREAKER_OPEN, obstacle.detail());
    }
}
