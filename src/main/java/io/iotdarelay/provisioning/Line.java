package io.iotdarelay.provisioning;

import io.iotdarelay.telemetry.DeviceId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * Who is next. Groups take turns, so that a flood in one delays no other. Within a group, the one that has waited longest takes turns with those
 * that were wanted again while they waited, or, if there are none, with the latest: a device that reports again and again is
 * soon found behind thousands of names that came once, however many more keep coming, and each of those has its turn some day. Not
 * thread-safe.
 */
final class Line {

    private static final class Group {
        private final SequencedSet<DeviceId> byArrival = new LinkedHashSet<>();
        private final SequencedSet<DeviceId> again = new LinkedHashSet<>();
        private boolean isTurnOfOldest = true;

        void add(DeviceId device) {
            if (!byArrival.add(device)) {
                again.add(device);
            }
        }

        DeviceId next() {
            DeviceId next =
                    isTurnOfOldest ? byArrival.getFirst() : again.isEmpty() ? byArrival.getLast() : again.getFirst();
            isTurnOfOldest = !isTurnOfOldest;
            remove(next);
            return next;
        }

        void remove(DeviceId device) {
            byArrival.remove(device);
            again.remove(device);
        }
    }

    private final SequencedMap<String, Group> groups = new LinkedHashMap<>();
    private final Map<DeviceId, String> groupOf = new LinkedHashMap<>();

    int size() {
        return groupOf.size();
    }

    boolean isEmpty() {
        return groupOf.isEmpty();
    }

    /** Joins the line, or is wanted again by whoever had it join. */
    void add(DeviceId device, String group) {
        String before = groupOf.putIfAbsent(device, group);
        Group own = groups.computeIfAbsent(before == null ? group : before, any -> new Group());
        own.add(device);
    }

    /** Removes the next one. */
    Optional<DeviceId> next() {
        Map.Entry<String, Group> turn = groups.pollFirstEntry();
        if (turn == null) {
            return Optional.empty();
        }
        DeviceId next = turn.getValue().next();
        groupOf.remove(next);
        if (!turn.getValue().byArrival.isEmpty()) {
            groups.putLast(turn.getKey(), turn.getValue());
        }
        return Optional.of(next);
    }

    /** Leaves the line. */
    void remove(DeviceId device) {
        String name = groupOf.remove(device);
        Group own = name == null ? null : groups.get(name);
        if (own != null) {
            own.remove(device);
            if (own.byArrival.isEmpty()) {
                groups.remove(name);
            }
        }
    }
}
