package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Devices by what records call them, where that is not their ID. One thread changes it; any thread may read it. */
final class Nodes {

    private final Map<DeviceId, DeviceId> devices = new ConcurrentHashMap<>();

    Optional<DeviceId> deviceOf(DeviceId node) {
        return devices.isEmpty() ? Optional.empty() : Optional.ofNullable(devices.get(node));
    }

    /** Returns whether another device had the node. */
    boolean put(DeviceId node, DeviceId device) {
        DeviceId former = devices.put(node, device);
        return former != null && !former.equals(device);
    }

    /** Forgets the node of an entry, unless another device has it by now. */
    void forget(DirectoryEntry entry) {
        if (entry.node() != null) {
            devices.remove(entry.node(), entry.device());
        }
    }
}
