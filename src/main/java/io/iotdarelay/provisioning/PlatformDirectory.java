package io.iotdarelay.provisioning;

import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryStatus;
import io.iotdarelay.devices.Outlook;
import io.iotdarelay.devices.PlatformSource;
import io.iotdarelay.devices.Want;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.ProvisionRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The platform as a directory: what it told is in memory, and the rest is asked for. It counts as loaded from the start, and that it cannot be asked
 * is no trouble of the directory: what is known stays known.
 */
record PlatformDirectory(Memory memory, Lookups lookups, LongSupplier nanoTime) implements PlatformSource {

    @Override
    public String sourceOf(DeviceId device) {
        return find(device).isPresent() ? "platform" : "";
    }

    @Override
    public Optional<DirectoryEntry> find(DeviceId device) {
        Known known = memory.known(device);
        if (known == null) {
            return Optional.empty();
        }
        if (nanoTime.getAsLong() - known.due() >= 0) {
            lookups.refresh(device);
        }
        return Optional.of(memory.improved(known.entry()));
    }

    @Override
    public Optional<DeviceId> deviceOfNode(DeviceId node) {
        return memory.deviceOf(node);
    }

    @Override
    public boolean mayBeNamedByNode() {
        return lookups.findsNodes();
    }

    @Override
    public void used(DirectoryEntry kept) {
        lookups.used(kept.device());
    }

    @Override
    public void childRejected(DeviceId child) {
        boolean unused = lookups.check(child);
    }

    @Override
    public boolean isLoaded() {
        return true;
    }

    @Override
    public Outlook want(Want want) {
        return lookups.want(want);
    }

    @Override
    public Outlook move(ProvisionRequest child, String route) {
        return lookups.move(child, route);
    }

    @Override
    public DirectoryEntry improved(DirectoryEntry entry) {
        return memory.improved(entry);
    }

    @Override
    public void note(DeviceCredentials refused) {
        memory.refuse(refused);
    }

    @Override
    public boolean ask(DeviceCredentials refused) {
        return lookups.check(refused.device());
    }

    @Override
    public void accepted(DeviceCredentials credentials) {
        memory.accept(credentials);
    }

    @Override
    public DirectoryStatus status() {
        return new DirectoryStatus(
                true,
                Math.toIntExact(memory.knownCount()),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                0,
                Optional.of(new DirectoryStatus.Lookups(
                        memory.knownCount(), memory.unknownCount(), lookups.waiting(), lookups.trouble())));
    }
}
