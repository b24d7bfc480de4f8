package io.iotdarelay.explain;

import io.iotdarelay.delivery.DeviceActivity;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecentRejection;
import io.iotdarelay.telemetry.Whereabouts;
import java.util.List;
import java.util.Optional;

/**
 * What one instance knows of a device, at one moment.
 *
 * @param isLoaded whether the directory has been read
 * @param entry of the directory, if it knows the device
 * @param source of that entry: a file, a topic, the platform
 * @param gatewayEntry of the gateway, if the device is a child and the directory knows that
 * @param activity what is done for whoever sends: the device itself, or its gateway
 * @param holding where it holds up a partition: those whose oldest unfinished record is about it
 * @param rejections its last dead letters, newest first, as far as they are remembered
 * @param obstacle why nothing is sent for anybody at the moment, if so
 * @param reads whether this instance has partitions
 */
public record Facts(
        DeviceId device,
        boolean isLoaded,
        Optional<DirectoryEntry> entry,
        String source,
        Optional<DirectoryEntry> gatewayEntry,
        DeviceActivity activity,
        List<Whereabouts> holding,
        List<RecentRejection> rejections,
        Optional<String> obstacle,
        boolean reads) {

    public Facts {
        holding = List.copyOf(holding);
        rejections = List.copyOf(rejections);
    }

    /** The gateway that sends for it, if it is a child. */
    public Optional<DeviceId> gateway() {
        return entry.map(DirectoryEntry::gateway);
    }

    /** Who sends for it. */
    public DeviceId sender() {
        return gateway().orElse(device);
    }
}
