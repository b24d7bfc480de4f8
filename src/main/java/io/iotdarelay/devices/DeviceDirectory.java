package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import java.util.Optional;

/** Looks up devices. Callable from any thread; never blocks. */
public interface DeviceDirectory {

    Optional<DirectoryEntry> find(DeviceId device);

    /** Whether the directory has been read completely at least once. Before that, no device counts as unknown. */
    boolean isLoaded();

    DirectoryStatus status();

    /** A device's credentials; empty if it is unknown, or has no secret. */
    default Optional<DeviceCredentials> credentials(DeviceId device) {
        return find(device).flatMap(DirectoryEntry::credentials);
    }

    /** The gateway of a child; empty if the child is unknown, or has none. */
    default Optional<DeviceId> gatewayOf(DeviceId child) {
        return find(child).map(DirectoryEntry::gateway);
    }
}
