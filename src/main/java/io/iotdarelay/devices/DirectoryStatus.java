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
 * @param lookups what the platform is asked for, if it is a source of devices
 */
public record DirectoryStatus(
        boolean loaded,
        int devices,
        Optional<Instant> changed,
        Optional<String> trouble,
        List<String> broken,
        int brokenEntries,
        Optional<Lookups> lookups) {

    /**
     * How it goes with asking the platform.
     *
     * @param known how many devices are known from it
     * @param absent how many it is known not to have
     * @param waiting how many are being asked for, or wait for their turn
     * @param trouble why it cannot be asked, if so: what is known stays known
     */
    public record Lookups(long known, long absent, int waiting, Optional<String> trouble) {}

    public DirectoryStatus {
        broken = List.copyOf(broken);
    }

    /** Of a directory that asks nobody. */
    public DirectoryStatus(
            boolean loaded,
            int devices,
            Optional<Instant> changed,
            Optional<String> trouble,
            List<String> broken,
            int brokenEntries) {
        this(loaded, devices, changed, trouble, broken, brokenEntries, Optional.empty());
    }

    /** The same, with another problem of its source, or none. */
    DirectoryStatus with(Optional<String> newTrouble) {
        return new DirectoryStatus(loaded, devices, changed, newTrouble, broken, brokenEntries, lookups);
    }
}
