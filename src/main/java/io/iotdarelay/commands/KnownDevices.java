package io.iotdarelay.commands;

import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryFile;
import io.iotdarelay.telemetry.DeviceId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The devices of a directory file, if there is one. */
final class KnownDevices {

    private final Optional<DirectoryFile> directory;

    /** What stands before the first {@code _} of IDs, by what stands behind it. The platform puts the product's ID there. */
    private final Map<String, Set<String>> prefixes = new HashMap<>();

    KnownDevices(Optional<DirectoryFile> directory) {
        this.directory = directory;
        directory.ifPresent(file -> file.entries().forEach(entry -> {
            String id = entry.device().value();
            int end = id.indexOf('_');
            if (end > 0) {
                prefixes.computeIfAbsent(id.substring(end + 1), unused -> new HashSet<>())
                        .add(id.substring(0, end + 1));
            }
        }));
    }

    /** The directory. */
    Optional<DirectoryFile> directory() {
        return directory;
    }

    /** Whether there is a directory at all. */
    boolean areAny() {
        return directory.isPresent();
    }

    /** How many of these IDs the directory knows, as device IDs or as node IDs. */
    int among(Collection<String> ids) {
        return (int) ids.stream().filter(id -> entry(id).isPresent()).count();
    }

    /** Whether most of these devices have no secret of their own, but a gateway. */
    boolean areChildren(Collection<String> ids) {
        long children = ids.stream()
                .flatMap(id -> entry(id).stream())
                .filter(entry -> entry.secret() == null && entry.gateway() != null)
                .count();
        return children * 2 > ids.size();
    }

    /** The gateways of those of these devices that have one. */
    Set<String> gatewaysOf(Collection<String> ids) {
        Set<String> gateways = new HashSet<>();
        ids.stream().flatMap(id -> entry(id).stream()).forEach(entry -> {
            if (entry.gateway() != null) {
                gateways.add(entry.gateway().value());
            }
        });
        return gateways;
    }

    private Optional<DirectoryEntry> entry(String id) {
        return directory.isPresent() && DeviceId.isValid(id)
                ? directory.get().find(directory.get().named(new DeviceId(id)))
                : Optional.empty();
    }

    /** What has to stand before most of these IDs so that the directory knows them. */
    Optional<String> prefixOf(Collection<String> ids) {
        Map<String, Integer> counts = new HashMap<>();
        ids.forEach(id -> prefixes.getOrDefault(id, Set.of()).forEach(prefix -> counts.merge(prefix, 1, Integer::sum)));
        return counts.entrySet().stream()
                .filter(count -> count.getValue() * 2 > ids.size())
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }
}
