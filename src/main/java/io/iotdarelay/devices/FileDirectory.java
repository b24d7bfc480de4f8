package io.iotdarelay.devices;

import io.iotdarelay.settings.FileState;
import io.iotdarelay.telemetry.DeviceId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory in a file. One thread calls {@link #refresh()} periodically; it reads the file when it has changed and was
 * then unchanged for one call, so that a file is not read while it is written.
 */
final class FileDirectory implements DeviceDirectory {

    private static final Logger log = LoggerFactory.getLogger(FileDirectory.class);

    /** The old and the new devices are both in memory for a moment, and the relay needs the rest. */
    private static final int SHARE_OF_HEAP = 4;

    private final Path file;
    private final InstantSource time;
    private final long room;
    private @Nullable FileState seen;
    private @Nullable FileState read;
    private @Nullable FileState refused;
    private volatile Map<DeviceId, DirectoryEntry> devices = Map.of();
    private volatile Nodes nodes = new Nodes();
    private final DirectoryState state;

    FileDirectory(Path file, InstantSource time) {
        this(file, time, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    /**
     * For tests.
     *
     * @param room how much of the heap the devices may take, in bytes
     */
    FileDirectory(Path file, InstantSource time, long room) {
        this.file = file;
        this.time = time;
        this.room = room;
        this.state = new DirectoryState("file", file.toString());
    }

    @Override
    public Optional<DirectoryEntry> find(DeviceId device) {
        return Optional.ofNullable(devices.get(device));
    }

    @Override
    public String sourceOf(DeviceId device) {
        return find(device).isPresent() ? "file" : "";
    }

    @Override
    public Optional<DeviceId> deviceOfNode(DeviceId node) {
        return nodes.deviceOf(node);
    }

    @Override
    public boolean isLoaded() {
        return state.isLoaded();
    }

    @Override
    public DirectoryStatus status() {
        return state.status();
    }

    /** Reads the file if it has changed. */
    void refresh() {
        try {
            FileState now = FileState.of(file);
            boolean still = now.equals(seen) || !state.isLoaded();
            seen = now;
            if (now.equals(read)) {
                if (state.isTroubled() && !devices.isEmpty()) {
                    state.recovered();
                }
            } else if (still && !now.equals(refused)) {
                Instant begin = time.instant();
                DirectoryListing listing = DirectoryFormat.read(file, room);
                if (take(listing, Duration.between(begin, time.instant()))) {
                    read = now;
                    refused = null;
                } else {
                    refused = now;
                }
            }
        } catch (IOException e) {
            seen = null;
            state.trouble(file + " cannot be read: " + e.getClass().getSimpleName() + ": " + e.getMessage());
        } catch (RuntimeException e) { // whatever it is, the next call must come; its message may quote a secret
            seen = null;
            state.trouble(file + " cannot be read: " + e.getClass().getSimpleName());
        }
    }

    /** Uses the listing if it can be used, and returns whether it was. */
    private boolean take(DirectoryListing listing, Duration took) {
        if (listing.isFull()) {
            state.trouble(file + " contains more than " + listing.devices().size()
                    + " devices, more than fit into a quarter of the heap"
                    + (devices.isEmpty() ? "" : "; the last loaded ones stay in use"));
            return false;
        }
        if (listing.devices().isEmpty()) {
            state.trouble(
                    devices.isEmpty()
                            ? file + " contains no devices"
                            : file + " contains no devices any more; the " + devices.size()
                                    + " devices loaded before stay in use");
            return false;
        }
        Instant now = time.instant();
        devices = listing.devices();
        nodes = listing.nodes();
        state.become(new DirectoryStatus(
                true,
                listing.devices().size(),
                Optional.of(now),
                Optional.empty(),
                listing.broken(),
                listing.brokenEntries()));
        log.atInfo()
                .addKeyValue("file", file)
                .addKeyValue("devices", listing.devices().size())
                .addKeyValue("broken", listing.brokenEntries())
                .addKeyValue("took", took)
                .log("The device directory was read");
        listing.broken().forEach(state::logBroken);
        return true;
    }
}
