package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A directory file, read once. It keeps neither a thread nor an open file. */
public final class DirectoryFile implements DeviceDirectory {

    /** The first line of a file in CSV with all that a directory may say of a device. */
    public static final String HEADER = String.join(
            ",",
            DirectoryFormat.DEVICE_ID,
            DirectoryFormat.SECRET,
            DirectoryFormat.GATEWAY_ID,
            DirectoryFormat.PRODUCT_ID,
            DirectoryFormat.NODE_ID,
            DirectoryFormat.GROUP);

    private final Map<DeviceId, DirectoryEntry> entries;
    private final Nodes nodes;
    private final DirectoryStatus status;

    private DirectoryFile(Map<DeviceId, DirectoryEntry> entries, Nodes nodes, DirectoryStatus status) {
        this.entries = entries;
        this.nodes = nodes;
        this.status = status;
    }

    /** The file of a directory; empty if it has none. */
    public static Optional<Path> path(DevicesProperties properties) {
        return properties.file() == null ? Optional.empty() : Optional.of(properties.path());
    }

    /** Reads a file. A file that cannot be read is one without devices, and its status says why. */
    public static DirectoryFile read(Path file) {
        try {
            DirectoryListing listing = DirectoryFormat.read(file, Long.MAX_VALUE);
            Optional<String> trouble =
                    listing.devices().isEmpty() ? Optional.of(file + " holds no device") : Optional.empty();
            return new DirectoryFile(
                    listing.devices(),
                    listing.nodes(),
                    new DirectoryStatus(
                            true,
                            listing.devices().size(),
                            Optional.empty(),
                            trouble,
                            listing.broken(),
                            listing.brokenEntries()));
        } catch (IOException e) {
            return unreadable(file + " cannot be read: " + e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static DirectoryFile unreadable(String why) {
        return new DirectoryFile(
                Map.of(), new Nodes(), new DirectoryStatus(false, 0, Optional.empty(), Optional.of(why), List.of(), 0));
    }

    /** All entries, in no order. */
    public Collection<DirectoryEntry> entries() {
        return entries.values();
    }

    @Override
    public Optional<DirectoryEntry> find(DeviceId device) {
        return Optional.ofNullable(entries.get(device));
    }

    @Override
    public Optional<DeviceId> deviceOfNode(DeviceId node) {
        return nodes.deviceOf(node);
    }

    @Override
    public boolean isLoaded() {
        return status.loaded();
    }

    @Override
    public DirectoryStatus status() {
        return status;
    }
}
