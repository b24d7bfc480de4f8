package io.iotdarelay.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The command line: {@code --name=value}, of which the last one counts, but for those that may be repeated. */
final class Arguments {

    private final Map<String, List<String>> values = new HashMap<>();

    /** Throws where an argument is none of the known ones. */
    Arguments(Set<String> known, String... args) {
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            if (!parts[0].startsWith("--") || parts.length != 2 || !known.contains(parts[0].substring(2))) {
                throw new IllegalArgumentException("not understood: " + arg);
            }
            values.computeIfAbsent(parts[0].substring(2), name -> new ArrayList<>())
                    .add(parts[1]);
        }
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    Optional<String> text(String name) {
        return values.containsKey(name) ? Optional.of(all(name).getLast()) : Optional.empty();
    }

    String text(String name, String otherwise) {
        return text(name).orElse(otherwise);
    }

    int number(String name, int otherwise) {
        try {
            return text(name).map(Integer::parseInt).orElse(otherwise);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " is a number", e);
        }
    }

    Optional<Duration> duration(String name) {
        return text(name).map(Durations::parse);
    }

    Optional<Path> path(String name) {
        return text(name).map(Path::of);
    }

    /** The content of the file that an argument names. */
    Optional<String> content(String name) {
        return path(name).map(file -> {
            try {
                return Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException("--" + name + ": " + file + " cannot be read", e);
            }
        });
    }
}
