package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
     * Nothing to address yet.
     *
     * @param routes those in force, whose rules count
     * @param unknownGrace how long a report waits for the directory
     * @param rejected receives reports whose device is still not in the directory at the end, and those whose route may not speak for it
     */
    Addressing(
            DeviceDirectory directory,
            Supplier<Routes> routes,
            Duration unknownGrace,
            BiConsumer<Unaddressed, Rejection> rejected) {
        this.directory = directory;
        this.routes = routes;
        this.permission = new Permission(directory);
        this.waiting = new WaitingForDirectory<>(unknownGrace);
        this.rejected = rejected;
    }

    /** Finds the lane of a report. If the directory lacks one of its devices, or earlier ones of its device wait, it waits. */
    void add(Unaddressed arrived, Instant now) {
        Unaddressed report = arrived.in(directory);
        Wanted behind = queueOf(report.about(), report.route());
        if (behind == null) {
            behind = queueOf(report.wanted(), report.route());
        }
        if (behind != null) {
            waiting.await(behind, report, now);
            return;
        }
        Way way = way(report);
        if (!(way instanceof Way.Missing missing)
                || !waiting.await(new Wanted(missing.device(), report.route()), report, now)) {
            go(way, report);
        }
    }

    /** Continues with reports whose device is now in the directory, and gives up those that waited too long. */
    void askDirectory(Instant now) {
        waiting.takeResolved(report -> !(way(report.in(directory)) instanceof Way.Missing))
                .forEach(this::enterOrReject);
        waiting.takeExpired(now).forEach(this::enterOrReject);
    }

    /** What becomes of a report that is as the directory knows its devices now. */
    private Way way(Unaddressed report) {
        Report sendable = report.sendableBy(directory).orElse(null);
        if (sendable == null) {
            return new Way.Missing(report.wanted());
        }
        return switch (permission.of(report.permitted(routes.get()), sendable)) {
            case Permission.Answer.Permitted ignored -> new Way.Open(sendable);
            case Permission.Answer.Refused refused ->
                new Way.Closed(Permission.refusal(sendable.device(), refused.device()));
            case Permission.Answer.Unknown unknown -> new Way.Missing(unknown.device());
        };
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
        waiting.removeIf(report -> report.record().isAbandoned());
        addressed.removeIf(entry -> entry.record().isAbandoned());
        addressed.addAll(roaming.forgetAbandoned());
    }

    /** The first waiting report of each device, and why it waits. */
    Stream<Whereabouts> firsts() {
        return Stream.concat(
                waiting.firsts().map(this::waitsForDirectory), roaming.firsts().map(Addressing::waitsForFormerGateway));
    }

    private Whereabouts waitsForDirectory(Unaddressed report) {
        return report.whereabouts(
                way(report.in(directory)) instanceof Way.Missing missing ? missing.device() : report.wanted());
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
            case Way.Missing missing -> rejected.accept(report, report.report().unknown(missing.device()));
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
