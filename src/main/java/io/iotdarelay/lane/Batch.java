package io.iotdarelay.lane;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What leaves a lane in one request: reports of one kind, in order.
 *
 * @param attempts how many requests carried these reports so far
 */
public record Batch(List<LaneEntry> entries, int attempts) {

    public Batch {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("a batch has at least one entry");
        }
        entries = List.copyOf(entries);
    }

    public int size() {
        return entries.size();
    }

    public boolean isSingle() {
        return entries.size() == 1;
    }

    public List<Report> reports() {
        return entries.stream().map(LaneEntry::report).toList();
    }

    /** The devices that the reports are about, each once. */
    public Set<DeviceId> devices() {
        Set<DeviceId> devices = new LinkedHashSet<>();
        entries.forEach(entry -> devices.add(entry.report().device()));
        return devices;
    }

    /** A copy that was sent once more. */
    public Batch attempted() {
        return new Batch(entries, attempts + 1);
    }

    /** Whether every record of it has been abandoned. */
    public boolean isAbandoned() {
        return entries.stream().allMatch(entry -> entry.record().isAbandoned());
    }

    /** The first half and the second. There must be two entries. */
    public List<Batch> halves() {
        int middle = entries.size() / 2;
        return List.of(
                new Batch(entries.subList(0, middle), attempts),
                new Batch(entries.subList(middle, entries.size()), attempts));
    }

    /**
     * Two parts, each with half of the devices, so that a device that spoils the batch is alone after six rounds at the
     * most. A device's reports stay together and in order. There must be two devices.
     */
    public List<Batch> halvesByDevice() {
        List<DeviceId> devices = List.copyOf(devices());
        Set<DeviceId> firstHalf = Set.copyOf(devices.subList(0, devices.size() / 2));
        List<LaneEntry> first = new ArrayList<>();
        List<LaneEntry> second = new ArrayList<>();
        for (LaneEntry entry : entries) {
            (firstHalf.contains(entry.report().device()) ? first : second).add(entry);
        }
        return List.of(new Batch(first, attempts), new Batch(second, attempts));
    }
}
