package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.Outlook;
import io.iotdarelay.devices.Want;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.ProvisionRequest;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lane of each report. A report waits here while its device is not in the directory, and while earlier reports of
 * the device are in flight through another gateway. Belongs to the poll thread.
 */
final class Addressing {

    private final DeviceDirectory directory;
    private final Supplier<Routes> routes;
    private final Permission permission;
    private final WaitingForDirectory<Wanted, Unaddressed> waiting;
    private final KnownShare knownShare = new KnownShare();
    private final int mostOverdue;
    private final Roaming roaming = new Roaming();
    private final BiConsumer<Unaddressed, Rejection> rejected;
    private List<LaneEntry> addressed = new ArrayList<>();

    /**
     * What reports wait for. Records of other topics are of other producers: what one of them names and the directory does not know
     * takes no grace from the others. The records of a partition always have the same name.
     *
     * @param route the name under which records of the topic are counted
     */
    private record Wanted(DeviceId device, String route) {}

    /** The way into a lane. */
    private sealed interface Way {

        /** The report may be sent like this. */
        record Open(Report report) implements Way {}

        /** It may not be sent. */
        record Closed(Rejection why) implements Way {}

        /** The directory has to know this device first. */
        record Missing(DeviceId device) implements Way {}
    }

    /**
     * How long reports wait for the directory.
     *
     * @param grace after which a device counts as unknown
     * @param longest how long they wait while the platform is still to be asked for the device
     * @param most how many may wait for longer than the grace, before those go first that hold up devices that are known
     */
    record Patience(Duration grace, Duration longest, int most) {}

    /**
     * Nothing to address yet.
     *
     * @param routes those in force, whose rules count
     * @param patience how long reports wait for the directory, and how many
     * @param rejected receives reports whose device is still not in the directory at the end, and those whose route may not speak for it
     */
    Addressing(
            DeviceDirectory directory,
            Supplier<Routes> routes,
            Patience patience,
            BiConsumer<Unaddressed, Rejection> rejected) {
        this.directory = directory;
        this.routes = routes;
        this.permission = new Permission(directory);
        this.waiting = new WaitingForDirectory<>(patience.grace(), patience.longest());
        this.mostOverdue = patience.most();
        this.rejected = rejected;
    }

    /** Finds the lane of a report. If the directory lacks one of its devices, or earlier ones of its device wait, it waits. */
    void add(Unaddressed arrived, Instant now) {
        Unaddressed report = arrived.in(directory);
        Wanted behind = queueOf(report.about(), report.route());
        if (behind == null) {
            behind = queueOf(report.wanted(), report.route());
        }
        Way way = way(report);
        if (!waiting.isEmpty()) {
            knownShare.arrived(report.partition(), !(way instanceof Way.Missing));
        }
        boolean mayBeFound = way instanceof Way.Missing missing
                && want(report, missing, true).open();
        if (behind != null) {
            waiting.await(behind, report, mayBeFound, now);
        } else if (!(way instanceof Way.Missing missing)) {
            go(way, report);
        } else if (!waiting.await(new Wanted(missing.device(), report.route()), report, mayBeFound, now)) {
            enterOrReject(report); // it may have been found just now
        }
    }

    private Outlook want(Unaddressed report, Way.Missing missing, boolean isNew) {
        if (missing.device().equals(report.about())
                && !directory.mayBeNamedByNode()
                && !report.permitted(routes.get()).permitId(report.about())) {
            return Outlook.NONE; // whatever it is, its report will not be sent
        }
        return directory.want(new Want(missing.device(), report.route(), report.provision(missing.device()), isNew));
    }

    /** Continues with reports whose device is now in the directory, and gives up those that waited too long. */
    void askDirectory(Instant now) {
        if (waiting.isEmpty()) {
            return;
        }
        waiting.takeResolved(report -> !mustWait(report)).forEach(this::enterOrReject);
        waiting.takeExpired(this::mayBeFound, now).forEach(this::enterOrReject);
        if (waiting.size() > mostOverdue) {
            waiting.takeOverdue(first -> knownShare.isMostlyKnown(first.partition()), mostOverdue, now)
                    .forEach(this::enterOrReject);
        }
    }

    /** A partition is not read on because of reports that wait: gives up those that have waited for longer than their grace. */
    void unblock(SourcePartition partition, Instant now) {
        waiting.takeOverdueWith(report -> report.partition().equals(partition), now)
                .forEach(this::enterOrReject);
    }

    /** Records whose reports wait for longer than the grace: it depends on the platform when they go on. */
    Stream<RecordInFlight> overdue(Instant now) {
        return waiting.overdue(now).map(Unaddressed::record);
    }

    /** Whether a device is still missing. If so, somebody still wants it. */
    private boolean mustWait(Unaddressed waited) {
        Unaddressed report = waited.in(directory);
        if (way(report) instanceof Way.Missing missing) {
            Outlook unused = want(report, missing, false);
            return true;
        }
        return false;
    }

    private boolean mayBeFound(Unaddressed waited) {
        Unaddressed report = waited.in(directory);
        return way(report) instanceof Way.Missing missing
                && want(report, missing, false).open();
    }

    /** What becomes of a report that is as the directory knows its devices now. */
    private Way way(Unaddressed report) {
        Way way = wayAsItIs(report);
        return way instanceof Way.Open && isToBeCreated(report) ? new Way.Missing(report.about()) : way;
    }

    /** Its gateway cannot speak for a child before it exists. */
    private boolean isToBeCreated(Unaddressed report) {
        return report.provision(report.about()).orElse(null) instanceof ProvisionRequest
                && directory.find(report.about()).isEmpty();
    }

    private Way wayAsItIs(Unaddressed report) {
        Report sendable = report.sendableBy(directory).orElse(null);
        if (sendable == null) {
            return shut(report.wanted())
                    .<Way>map(barrier -> new Way.Closed(
                            Rejection.of(RejectionReason.DEVICE_REJECTED, barrier.meaning() + ": " + report.wanted())
                                    .about(report.about())))
                    .orElseGet(() -> new Way.Missing(report.wanted()));
        }
        return switch (permission.of(report.permitted(routes.get()), sendable)) {
            case Permission.Answer.Permitted ignored ->
                isBeingMoved(report, sendable) ? new Way.Missing(sendable.device()) : new Way.Open(sendable);
            case Permission.Answer.Refused refused ->
                new Way.Closed(Permission.refusal(sendable.device(), refused.device()));
            case Permission.Answer.Unknown unknown -> new Way.Missing(unknown.device());
        };
    }

    /**
     * Whether a child is on its way to the gateway that its record names. Once that is settled, however it ended, the platform decides
     * what it takes.
     */
    private boolean isBeingMoved(Unaddressed report, Report sendable) {
        if (report.provisions().isEmpty()
                || directory
                        .gatewayOf(sendable.device())
                        .filter(known -> !known.equals(sendable.sender()))
                        .isEmpty()) {
            return false;
        }
        return report.move(sendable, routes.get())
                .filter(child -> directory.move(child, report.route()).open())
                .isPresent();
    }

    /** Why a device without a secret will not get one. */
    private Optional<DirectoryEntry.Barrier> shut(DeviceId device) {
        return directory.find(device).map(DirectoryEntry::barrier);
    }

    /** The queue in which reports of a device wait, under its ID or under what records call it; nothing if none do. */
    private @Nullable Wanted queueOf(DeviceId device, String route) {
        if (waiting.isEmpty()) {
            return null;
        }
        Wanted own = new Wanted(device, route);
        if (waiting.isAwaited(own)) {
            return own;
        }
        DeviceId node = directory.find(device).map(DirectoryEntry::node).orElse(null);
        Wanted byNode = node == null ? null : new Wanted(node, route);
        return byNode != null && waiting.isAwaited(byNode) ? byNode : null;
    }

    /** A report has an outcome, so others of its device may follow. */
    void ended(LaneEntry entry) {
        addressed.addAll(roaming.left(entry));
    }

    /** Removes the reports that may enter their lane, in order. */
    List<LaneEntry> take() {
        List<LaneEntry> taken = addressed;
        if (!taken.isEmpty()) {
            addressed = new ArrayList<>();
        }
        return taken;
    }

    /** Forgets what belongs to partitions that have left. */
    void forgetAbandoned() {
        knownShare.forget();
        waiting.removeIf(report -> report.record().isAbandoned());
        addressed.removeIf(entry -> entry.record().isAbandoned());
        addressed.addAll(roaming.forgetAbandoned());
    }

    /**
     * The first waiting report of each device and partition, and why it waits. Not those of dead letters that are sent again, which hold back no
     * offset.
     */
    Stream<Whereabouts> firsts() {
        return Stream.concat(
                waiting.firsts(Unaddressed::partition)
                        .filter(report -> !report.record().isRedriven())
                        .map(this::waitsForDirectory),
                roaming.firsts().filter(entry -> !entry.record().isRedriven()).map(Addressing::waitsForFormerGateway));
    }

    private Whereabouts waitsForDirectory(Unaddressed report) {
        if (!(way(report.in(directory)) instanceof Way.Missing missing)) {
            return report.whereabouts(report.wanted(), "");
        }
        return report.whereabouts(missing.device(), want(report, missing, false).detail());
    }

    private void enterOrReject(Unaddressed waited) {
        Unaddressed report = waited.in(directory);
        go(way(report), report);
    }

    /** The only way into a lane: what enters has a sender with a secret, and a route that may speak for its devices. */
    private void go(Way way, Unaddressed report) {
        switch (way) {
            case Way.Open open -> enter(report, open.report());
            case Way.Closed closed -> rejected.accept(report, closed.why());
            case Way.Missing missing -> {
                Outlook outlook = want(report, missing, false);
                if (outlook.open() && wayAsItIs(report) instanceof Way.Open open) {
                    enter(report, open.report()); // a child of which nobody could be asked: it may exist
                } else {
                    rejected.accept(report, report.report().unknown(missing.device(), outlook.detail()));
                }
            }
        }
    }

    private void enter(Unaddressed from, Report report) {
        LaneEntry entry = new LaneEntry(from.record(), from.part(), report, from.keep(routes.get()));
        if (roaming.enters(entry)) {
            addressed.add(entry);
        }
    }

    private static Whereabouts waitsForFormerGateway(LaneEntry entry) {
        return new Whereabouts(
                entry.record().record().position(),
                entry.report().device(),
                "former-gateway",
                "earlier records of the child are in flight through another gateway");
    }
}
