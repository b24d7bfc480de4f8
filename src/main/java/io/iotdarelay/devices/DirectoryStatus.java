package io.iotdarelay.devices;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of a directory.
 *
 * @param loaded whether it has been read completely at least once
 * @param devices how many it knows
 * @param changed when it last changed
 * @param trouble why its source cannot be read, if so; what was read before stays in use
 * @param broken the first invalid entries, each with its position, without its content
 * @param brokenEntries how many there are
 */
public record DirectoryStatus(
        boolean loaded,
        int devices,
        Optional<Instant> changed,
        Optional<String> trouble,
        List<String> broken,
        int brokenEntries) {

    public DirectoryStatus {
        broken = List.copyOf(broken);
    }

    /** The same, with another problem of its source, or none. */
    DirectoryStatus with(Optional<String> newTrouble) {
        return new DirectoryStatus(loaded, devices, changed, newTrouble, broken, brokenEntries);
    }
}
