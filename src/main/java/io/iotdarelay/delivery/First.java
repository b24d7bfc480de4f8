package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.DeviceId;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/** The first of many devices, without sorting all of them. */
final class First {

    private First() {}

    /** In the order of their IDs, those after this one, limited to this number. */
    static List<DeviceId> of(Stream<DeviceId> devices, String after, int most) {
        PriorityQueue<DeviceId> first = new PriorityQueue<>(Comparator.reverseOrder());
        devices.filter(device -> device.value().compareTo(after) > 0).forEach(device -> {
            first.add(device);
            if (first.size() > most) {
                first.remove();
            }
        });
        return first.stream().sorted().toList();
    }
}
