package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lane of each report. A report waits here while its device is not in the directory, and while earlier reports of
 * the device are in flight through another gateway. Belongs to the poll thread.
 */
final class Addressing {

    private final DeviceDirectory directory;
    private final WaitingForDirectory<Unaddressed> waiting;
    private final Roaming roaming = new Roaming();
    private final BiConsumer<Unaddressed, Rejection> unknown;
    private List<LaneEntry> addressed = new ArrayList<>();

    /**
     * Nothing to address yet.
     *
     * @param unknownGrace how long a report waits for the directory
     * @param unknown receives reports whose device is still not in the directory at the end
     */
    Addressing(DeviceDirectory directory, Duration unknownGrace, BiConsumer<Unaddressed, Rejection> unknown) {
        this.directory = directory;
        this.waiting = new WaitingForDirectory<>(unknownGrace);
        this.unknown = unknown;
    }

    /** Finds the lane of a report. If the directory lacks its sender, or earlier ones of its device wait, it waits. */
    void add(Unaddressed arrived, Instant now) {
        Unaddressed report = arrived.in(directory);
        DeviceId behind = queueOf(report.about());
        if (behind == null) {
            behind = queueOf(report.wanted());
        }
        Optional<Report> resolved = behind == null ? report.sendableBy(directory) : Optional.empty();
        if (resolved.isPresent()) {
            enter(report, resolved.get());
        } else if (!waiting.await(behind == null ? report.wanted() : behind, report, now)) {
            reject(report);
        }
    }

    /** Continues with reports whose device is now in the directory, and gives up those that waited too long. */
    void askDirectory(Instant now) {
        waiting.takeResolved(report -> report.resolvedBy(directory).isPresent()).forEach(this::enterOrReject);
        waiting.takeExpired(now).forEach(this::enterOrReject);
    }

    /** The queue in which reports of a device wait, under its ID or under what records call it; nothing if none do. */
    private @Nullable DeviceId queueOf(DeviceId device) {
        if (waiting.isAwaited(device)) {
            return device;
        }
        DeviceId node = waiting.isEmpty()
                ? null
                : directory.find(device).map(DirectoryEntry::node).orElse(null);
        return node != null && waiting.isAwaited(node) ? node : null;
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
                waiting.firsts().map(Unaddressed::whereabouts),
                roaming.firsts().map(Addressing::waitsForFormerGateway));
    }

    private void enterOrReject(Unaddressed report) {
        report.resolvedBy(directory)
                .ifPresentOrElse(resolved -> enter(report, resolved), () -> reject(report.in(directory)));
    }

    private void enter(Unaddressed from, Report report) {
        LaneEntry entry = new LaneEntry(from.record(), from.part(), report);
        if (roaming.enters(entry)) {
            addressed.add(entry);
        }
    }

    private void reject(Unaddressed report) {
        unknown.accept(report, report.report().unknown());
    }

    private static Whereabouts waitsForFormerGateway(LaneEntry entry) {
        return new Whereabouts(
                entry.record().record().position(),
                entry.report().device(),
                "former-gateway",
                "earlier records of the child are in flight through another gateway");
    }
}
