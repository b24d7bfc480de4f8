package io.iotdarelay.pipeline;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.delivery.RecentByDevice;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.mapping.RoutesInForce;
import io.iotdarelay.metrics.RecordMeters;
import io.iotdarelay.pauses.PausesInForce;
import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.DeadLetterTopics;
import io.iotdarelay.source.Pause;
import io.iotdarelay.source.PauseReason;
import io.iotdarelay.source.RecordHandler;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecentRejection;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.telemetry.Whereabouts;
import io.iotdarelay.tracing.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole flow, one line per step: a record goes in, a report comes out, the offset is settled. Poll thread only. */
public final class Relay implements RecordHandler {

    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private static final Duration ASK_EVERY = Duration.ofMillis(100);
    private static final Duration LOOPS_TIMEOUT = Duration.ofSeconds(5);
    private static final String NO_ROUTE = "none";

    private final RoutesInForce routes;
    private final Admission admission;
    private final Addressing addressing;
    private final Redrives redrives = new Redrives();
    private final HeldBack heldBack = new HeldBack();
    private final WaitingForSchema waitingForSchema = new WaitingForSchema();
    private final Duration longestRequest;
    private final Delivery delivery;
    private final Settlements settlements;
    private final DeadLetterTopics deadLetters;
    private final DeadLetterBudget budget;
    private final RecordMeters meters;
    private final Endings endings;
    private final Blockers blockers;
    private final PausesInForce pauses;
    private final LastDelivered last;
    private final LiveDevices live = new LiveDevices();
    private final DeviceDirectory directory;
    private final Room room;
    private final InstantSource time;
    private Instant askedAt;

    /**
     * A relay without records.
     *
     * @param longestRequest how long a response may take
     * @param mostExpanded the most bytes of reports in flight, of records that became several
     * @param delivered learns of each report that was delivered
     * @param last remembers until when devices had something delivered
     * @param rejections remembers the last dead letters of devices
     * @param pauses what operators have paused
     * @param time never jumps
     */
    public Relay(
            RoutesInForce routes,
            Admission admission,
            DeviceDirectory directory,
            Addressing.Patience patience,
            Duration longestRequest,
            long mostExpanded,
            Delivery delivery,
            Settlements settlements,
            DeadLetterTopics deadLetters,
            DeadLetterBudget budget,
            DeliveredReports delivered,
            LastDelivered last,
            RecentByDevice<List<RecentRejection>> rejections,
            PausesInForce pauses,
            RecordMeters meters,
            Tracing tracing,
            InstantSource time) {
        this.routes = routes;
        this.admission = admission;
        this.room = new Room(mostExpanded);
        this.deadLetters = deadLetters;
        this.last = last;
        this.directory = directory;
        this.endings = new Endings(
                directory, deadLetters, budget, meters, tracing, room, delivered, last, live, rejections, time);
        this.pauses = pauses;
        this.blockers = new Blockers(delivery, deadLetters, budget);
        this.addressing = new Addressing(
                directory,
                routes::current,
                patience,
                (report, rejection) -> endings.rejectPart(report.record(), report.part(), rejection));
        this.longestRequest = longestRequest;
        this.delivery = delivery;
        this.settlements = settlements;
        this.budget = budget;
        this.meters = meters;
        this.time = time;
        this.askedAt = time.instant();
        expectRoutes();
    }

    private void expectRoutes() {
        Routes now = routes.current();
        meters.expect(now.names());
        deadLetters.expect(now.deadLetterTopics(), now::deadLetterTopic);
    }

    /** Other routes are in force. Those that were stopped because of their dead letters are tried again. */
    void mapped() {
        expectRoutes();
        routes.current().names().forEach(budget::resume);
    }

    @Override
    public void assigned(SourcePartition partition, Assignment assignment) {
        redrives.assigned(partition, assignment);
        last.assigned(partition, assignment);
    }

    @Override
    public void leaving(Collection<SourcePartition> partitions) {
        redrives.leaving(partitions);
    }

    @Override
    public int redriven(SourcePartition partition) {
        return redrives.inFlight(partition);
    }

    @Override
    public void finishedBefore(SourcePartition partition, long offset) {
        last.finishedBefore(partition, offset);
    }

    @Override
    public void begin(Assignment assignment, SourceRecord record) {
        last.begun(record.position());
        List<Route> candidates = routes.current().of(record.position().topic());
        RecordInFlight begun = new RecordInFlight(assignment, record, nameOf(candidates));
        endings.expect(begun);
        heldBack.arrive(new HeldBack.Arrival(begun, candidates), this::mayBegin, this::admit);
    }

    private boolean mayBegin(RecordInFlight record) {
        return !isFull(record) && budget.begin(record);
    }

    private boolean isFull(RecordInFlight record) {
        return isFull(record.record().position().sourcePartition());
    }

    /** Whether a partition has no room for reports. Where records become one report each, none is needed. */
    private boolean isFull(SourcePartition partition) {
        return room.isFull(partition) && becomeSeveral(routes.current().of(partition.topic()));
    }

    private static boolean becomeSeveral(List<Route> routes) {
        return routes.size() > 1
                || (routes.size() == 1 && !routes.getFirst().each().isEmpty());
    }

    private void admit(HeldBack.Arrival arrival) {
        waitingForSchema.arrive(arrival, this::attempt, time);
    }

    /** Returns what the record waits for, if it has to. */
    private Optional<String> attempt(HeldBack.Arrival arrival) {
        RecordInFlight begun = arrival.record();
        switch (admission.admit(inForce(arrival), begun.record())) {
            case Admission.Admitted.Postponed postponed -> {
                return Optional.of(postponed.detail());
            }
            case Admission.Admitted.Skipped ignored -> endings.skip(begun);
            case Admission.Admitted.Rejected rejected -> endings.reject(begun, rejected.rejection(), rejected.parts());
            case Admission.Admitted.Accepted accepted -> begin(begun, accepted);
        }
        return Optional.empty();
    }

    /** Passes the reports of a record on, unless it is a dead letter that is sent only where nothing newer is. */
    private void begin(RecordInFlight record, Admission.Admitted.Accepted accepted) {
        Instant now = time.instant();
        List<Piece> pieces = accepted.pieces();
        Optional<Redrives.End> stale = Redrives.orderOf(record).flatMap(order -> obstacle(order, pieces));
        if (stale.isPresent()) {
            Redrives.leave(record, stale.get());
            endings.skip(record);
            return;
        }
        live.begun(record, devices(pieces).toList());
        boolean single = pieces.size() == 1
                && accepted.before().isEmpty()
                && pieces.getFirst().id().route().equals(record.route());
        if (!single) {
            endings.tear(new Torn(record, pieces, accepted.before()));
        }
        for (int i = 0; i < pieces.size(); i++) {
            switch (pieces.get(i)) {
                case Piece.Accepted piece ->
                    addressing.add(
                            new Unaddressed(
                                    record,
                                    i,
                                    piece.report(),
                                    piece.id().route(),
                                    piece.permitted(),
                                    piece.provisions()),
                            now);
                case Piece.Refused piece -> endings.rejectPart(record, i, piece.rejection());
            }
        }
    }

    private static Stream<DeviceId> devices(List<Piece> pieces) {
        return pieces.stream()
                .filter(Piece.Accepted.class::isInstance)
                .map(piece -> ((Piece.Accepted) piece).report().about());
    }

    /** Why a dead letter that is to be sent only where nothing newer is must stay: asked as late as it can be, in front of the lane. */
    private Optional<Redrives.End> obstacle(Redrives.Order order, List<Piece> pieces) {
        if (order.unlessNewerThan().isEmpty()) {
            return Optional.empty();
        }
        Instant failed = order.unlessNewerThan().get();
        Set<DeviceId> devices = devices(pieces)
                .flatMap(device -> Stream.of(device, directory.named(device)))
                .collect(Collectors.toSet());
        if (devices.stream().anyMatch(live::contains)) {
            return Optional.of(new Redrives.End.NewerUnderWay());
        }
        List<Optional<Boolean>> answers = devices.stream()
                .map(device -> last.isNewer(device, order.origin(), failed))
                .toList();
        if (answers.contains(Optional.of(true))) {
            return Optional.of(new Redrives.End.NewerDelivered());
        }
        SourcePartition source = order.origin().sourcePartition();
        // Whose records wait before they are mapped is not known.
        boolean known = !answers.contains(Optional.<Boolean>empty())
                && !heldBack.contains(source)
                && !waitingForSchema.contains(source);
        return known ? Optional.empty() : Optional.of(new Redrives.End.NotKnown());
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
        pauses.turned();
        for (Settlement settlement : settlements.take(wait)) {
            switch (settlement) {
                case Settlement.Finished finished ->
                    finished.entries().forEach(entry -> {
                        endings.finished(entry, finished.outcome(), finished.at());
                        addressing.ended(entry);
                    });
                case Settlement.DeadLetterWritten written ->
                    endings.deadLettered(written.record(), written.rejection());
                case Settlement.RouteResumed resumed -> budget.resume(resumed.route());
                case Settlement.Again again -> again(again.order());
                case Settlement.Task task -> (redrives.isDraining() ? task.refused() : task.what()).run();
            }
        }
        readmit();
        waitingForSchema.retry(record -> !isFull(record), this::attempt, time.instant());
        heldBack.release(this::mayBegin, this::admit);
        flush();
    }

    private void again(Redrives.Order order) {
        redrives.begin(order, ordered(order.origin().sourcePartition()).isPresent(), this::begin);
    }

    /** Periodically queries the other rooms. */
    private void readmit() {
        if (routes.adoptForSameTopics()) {
            mapped();
        }
        Instant now = time.instant();
        if (now.isBefore(askedAt.plus(ASK_EVERY))) {
            return;
        }
        askedAt = now;
        blockers.refresh();
        addressing.askDirectory(now);
    }

    @Override
    public void dropLeaving() {
        heldBack.forgetAbandoned();
        waitingForSchema.forgetAbandoned();
        addressing.forgetAbandoned();
        endings.forgetAbandoned();
        budget.forgetAbandoned();
        redrives.forgetAbandoned((topic, records) -> abandoned(topic, records));
        last.forgetAbandoned();
        try {
            delivery.dropLeaving()
                    .orTimeout(LOOPS_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            log.atError().setCause(e).log("The event loops did not release revoked partitions in time");
        }
        flush();
    }

    @Override
    public Duration longestRequest() {
        return longestRequest;
    }

    @Override
    public void abandoned(String topic, int records) {
        endings.abandoned(nameOf(routes.current().of(topic)), records);
    }

    @Override
    public Optional<Pause> obstacle(SourcePartition partition) {
        return ordered(partition)
                .or(() -> blockers.of(partition, nameOf(routes.current().of(partition.topic())), isFull(partition)))
                .or(() -> waitingForSchema.overdue(partition, time.instant()).map(Blockers::waitsForRegistry));
    }

    /** A record ends with the last of its reports: where one of several routes is paused, its topics are paused for all. */
    private Optional<Pause> ordered(SourcePartition partition) {
        return pauses.of(
                        partition,
                        route -> routes.current().of(partition.topic()).stream()
                                .anyMatch(each -> each.name().equals(route)))
                .map(hold -> switch (hold) {
                    case PausesInForce.Hold.Ordered ordered -> new Pause(PauseReason.OPERATOR, ordered.why());
                    case PausesInForce.Hold.NotKnown notKnown ->
                        new Pause(PauseReason.PAUSES_UNREAD, PauseReason.PAUSES_UNREAD.meaning());
                });
    }

    @Override
    public boolean isBusyForLeaving() {
        try {
            return blockers.areLettersWritten()
                    || delivery.isSendingForLeaving()
                            .orTimeout(LOOPS_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                            .join();
        } catch (CompletionException e) {
            log.atError().setCause(e).log("The event loops do not report which devices have requests in flight");
            return false;
        }
    }

    @Override
    public boolean isStuck() {
        return endings.outstanding() == heldBack.size() + waitingForSchema.size() + waitForPlatform()
                || blockers.areStuck();
    }

    /** Records that will not end soon: their devices are unknown, and the platform does not tell. */
    private long waitForPlatform() {
        return addressing
                .overdue(time.instant())
                .filter(record -> !endings.isTorn(record))
                .count();
    }

    @Override
    public Map<SourcePartition, Whereabouts> oldest() {
        return blockers.oldest(Stream.of(
                        addressing.firsts(),
                        waitingForSchema.firsts(),
                        heldBack.firsts().map(record -> Blockers.heldBack(record, isFull(record))))
                .flatMap(each -> each));
    }

    @Override
    public void retryNow(SourcePartition partition) {
        delivery.retryNow(partition);
    }

    @Override
    public void unblock(SourcePartition partition) {
        delivery.unblock(partition);
        addressing.unblock(partition, time.instant());
    }

    /** A record that was held back takes the routes that are in force now, unless they count under another name. */
    private List<Route> inForce(HeldBack.Arrival arrival) {
        List<Route> now =
                routes.current().of(arrival.record().record().position().topic());
        return nameOf(now).equals(nameOf(arrival.routes())) ? now : arrival.routes();
    }

    /** Records are counted under the name of their topic's first route. */
    private static String nameOf(List<Route> routes) {
        return routes.isEmpty() ? NO_ROUTE : routes.getFirst().name();
    }
}
