package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.ProvisionRequest;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Several directories as one. The first one that knows a device is used; it is loaded when all are.
 *
 * @param sources what people and their tools wrote
 * @param platform is asked about devices that no other one knows
 * @param kept what a relay was told by the platform, and wrote down. It never takes the place of what others wrote
 */
record CombinedDirectory(
        List<DeviceDirectory> sources, Optional<PlatformSource> platform, Optional<DeviceDirectory> kept)
        implements DeviceDirectory {

    @Override
    public Optional<DirectoryEntry> find(DeviceId device) {
        for (DeviceDirectory source : sources) {
            Optional<DirectoryEntry> found = source.find(device);
            if (found.isPresent()) {
                return platform.isEmpty() ? found : found.map(platform.get()::improved);
            }
        }
        return platform.flatMap(last -> last.find(device))
                .or(() -> kept.flatMap(all -> all.find(device)).map(this::asKept));
    }

    @Override
    public String sourceOf(DeviceId device) {
        return Stream.of(sources.stream(), platform.stream(), kept.stream())
                .flatMap(each -> each)
                .map(each -> each.sourceOf(device))
                .filter(source -> !source.isEmpty())
                .findFirst()
                .orElse("");
    }

    private DirectoryEntry asKept(DirectoryEntry entry) {
        platform.ifPresent(last -> last.used(entry));
        return platform.map(last -> last.improved(entry)).orElse(entry);
    }

    @Override
    public Optional<DeviceId> deviceOfNode(DeviceId node) {
        for (DeviceDirectory source : sources) {
            Optional<DeviceId> found = source.deviceOfNode(node);
            if (found.isPresent()) {
                return found;
            }
        }
        return platform.flatMap(last -> last.deviceOfNode(node)).or(() -> kept.flatMap(all -> all.deviceOfNode(node)));
    }

    @Override
    public boolean isLoaded() {
        return sources.stream().allMatch(DeviceDirectory::isLoaded);
    }

    @Override
    public boolean mayBeNamedByNode() {
        return platform.filter(DeviceDirectory::mayBeNamedByNode).isPresent();
    }

    @Override
    public void childRejected(DeviceId child) {
        if (platform.isPresent() && gatewayOf(child).isPresent()) {
            platform.get().childRejected(child);
        }
    }

    @Override
    public Outlook want(Want want) {
        return platform.map(last -> last.want(want)).orElse(Outlook.NONE);
    }

    @Override
    public Outlook move(ProvisionRequest child, String route) {
        return platform.map(last -> last.move(child, route)).orElse(Outlook.NONE);
    }

    @Override
    public Remedy refused(DeviceCredentials credentials) {
        if (platform.isEmpty()) {
            return Remedy.NONE;
        }
        platform.get().note(credentials);
        boolean hasOther = credentials(credentials.device())
                .filter(now -> !now.equals(credentials))
                .isPresent();
        return hasOther ? Remedy.NOW : platform.get().ask(credentials) ? Remedy.SOON : Remedy.NONE;
    }

    @Override
    public void accepted(DeviceCredentials credentials) {
        platform.ifPresent(last -> last.accepted(credentials));
    }

    @Override
    public DirectoryStatus status() {
        List<DirectoryStatus> all = Stream.concat(sources.stream(), platform.stream())
                .map(DeviceDirectory::status)
                .toList();
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
                all.stream().mapToInt(DirectoryStatus::brokenEntries).sum(),
                all.stream().flatMap(status -> status.lookups().stream()).findFirst());
    }
}
