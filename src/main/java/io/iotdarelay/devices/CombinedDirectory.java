package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Several directories as one. The first one that knows a device is used; it is loaded when all are. */
record CombinedDirectory(List<DeviceDirectory> sources) implements DeviceDirectory {

    @Override
    public Optional<DirectoryEntry> find(DeviceId device) {
        for (DeviceDirectory source : sources) {
            Optional<DirectoryEntry> found = source.find(device);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<DeviceId> deviceOfNode(DeviceId node) {
        for (DeviceDirectory source : sources) {
            Optional<DeviceId> found = source.deviceOfNode(node);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean isLoaded() {
        return sources.stream().allMatch(DeviceDirectory::isLoaded);
    }

    @Override
    public DirectoryStatus status() {
        List<DirectoryStatus> all =
                sources.stream().map(DeviceDirectory::status).toList();
        String trouble =
                all.stream().flatMap(status -> status.trouble().stream()).collect(Collectors.joining("; "));
        Optional<Instant> changed =
                all.stream().flatMap(status -> status.changed().stream()).max(Comparator.naturalOrder());
        return new DirectoryStatus(
                isLoaded(),
                all.stream().mapToInt(DirectoryStatus::devices).sum(),
                changed,
                trouble.isEmpty() ? Optional.empty() : Optional.of(trouble),
                all.stream().flatMap(status -> status.broken().stream()).toList(),
                all.stream().mapToInt(DirectoryStatus::brokenEntries).sum());
    }
}
