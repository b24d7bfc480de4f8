package io.iotdarelay.provisioning;

import io.iotdarelay.telemetry.DeviceId;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/** Of which devices something has been said, up to 10,000; then the first ones are forgotten. Belongs to one thread. */
final class Said {

    private static final int MOST = 10_000;

    private final SequencedSet<DeviceId> devices = new LinkedHashSet<>();

    boolean contains(DeviceId device) {
        return devices.contains(device);
    }

    void add(DeviceId device) {
        devices.add(device);
        if (devices.size() > MOST) {
            devices.removeFirst();
        }
    }
}
