package io.iotdarelay.lane;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The reports of one request of a lane: all of one kind, in order.
 *
 * @param attempts how many requests have carried these reports so far
 * @param refusals how many of those the platform refused without a reason
 */
public record Batch(List<LaneEntry> entries, int attempts, int refusals) {

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
        if (isSingle()) {
            return List.of(entries.getFirst().report());
        }
        List<Report> reports = new ArrayList<>(entries.size());
        for (LaneEntry entry : entries) {
            reports.add(entry.report());
        }
        return reports;
    }

    /** The records of the reports, in order. Several reports in a row may be of one record. */
    public List<SourceRecord> records() {
        if (isSingle()) {
            return List.of(entries.getFirst().record().record());
        }
        List<SourceRecord> records = new ArrayList<>(entries.size());
        for (LaneEntry entry : entries) {
            SourceRecord record = entry.record().record();
            if (records.isEmpty() || !records.getLast().equals(record)) {
                records.add(record);
            }
        }
        return records;
    }

    /** The devices that the reports are about, each once. */
    public Set<DeviceId> devices() {
        Set<DeviceId> devices = new LinkedHashSet<>();
        entries.forEach(entry -> devices.add(entry.report().device()));
        return devices;
    }

    /** One that was never sent. */
    public static Batch of(List<LaneEntry> entries) {
        return new Batch(entries, 0, 0);
    }

    /** A copy that was sent once more. */
    public Batch attempted() {
        return new Batch(entries, attempts + 1, refusals);
    }

    /** A copy that was refused once more, for an unknown reason. */
    public Batch refused() {
        return new Batch(entries, attempts, refusals + 1);
    }

    /** A copy with some of the entries. */
    public Batch with(List<LaneEntry> some) {
        return new Batch(some, attempts, refusals);
    }

    /** Whether every record of it has been abandoned. */
    public boolean isAbandoned() {
        return entries.stream().allMatch(entry -> entry.record().isAbandoned());
    }

    /** The first half and the second. There must be two entries. */
    public List<Batch> halves() {
        int middle = entries.size() / 2;
        return List.of(with(entries.subList(0, middle)), with(entries.subList(middle, entries.size())));
    }

    /**
     * Two parts, each with half of the devices, so that a device at fault is alone after six rounds at the
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
        return List.of(with(first), with(second));
    }
}
