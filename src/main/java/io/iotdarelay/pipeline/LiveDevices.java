package io.iotdarelay.pipeline;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordInFlight;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The devices of records that are mapped and have not ended, without dead letters that are sent again. Belongs to the poll thread. */
final class LiveDevices {

    private final IdentityHashMap<RecordInFlight, List<DeviceId>> records = new IdentityHashMap<>();
    private final Map<DeviceId, Integer> counts = new HashMap<>();

    /** A record is mapped. It is about these devices, one or several times each. */
    void begun(RecordInFlight record, List<DeviceId> devices) {
        if (!record.isRedriven() && !devices.isEmpty()) {
            records.put(record, devices);
            devices.forEach(device -> counts.merge(device, 1, Integer::sum));
        }
    }

    void ended(RecordInFlight record) {
        List<DeviceId> devices = records.remove(record);
        if (devices != null) {
            devices.forEach(this::forget);
        }
    }

    private void forget(DeviceId device) {
        counts.computeIfPresent(device, (any, count) -> count == 1 ? null : count - 1);
    }

    /** Whether a record about the device is under way. */
    boolean contains(DeviceId device) {
        return counts.containsKey(device);
    }

    /** Partitions have left. */
    void forgetAbandoned() {
        records.entrySet().removeIf(entry -> {
            if (!entry.getKey().isAbandoned()) {
                return false;
            }
            entry.getValue().forEach(this::forget);
            return true;
        });
    }
}
