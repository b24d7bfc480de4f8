package io.iotdarelay.deploy;

import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A typical setup: values of the chart in {@code ci/NAME-values.yaml}. What must exist before is described in its
 * first lines, as {@code # existing Secret NAME: key, key}.
 */
record Setup(String name, Path values) {

    private static final Pattern EXISTING =
            Pattern.compile("(?m)^# existing (?<kind>\\w+) (?<name>[-.a-z0-9]+)(: (?<keys>.+))?$");

    static Setup named(String name) {
        return new Setup(name, Chart.HOME.resolve("ci").resolve(name + "-values.yaml"));
    }

    static List<Setup> all() {
        try (Stream<Path> files = Files.list(Chart.HOME.resolve("ci"))) {
            return files.map(file -> file.getFileName().toString().replace("-values.yaml", ""))
                    .sorted()
                    .map(Setup::named)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is there without the chart. */
    Set<Reference> existing() {
        Set<Reference> existing = new HashSet<>(Set.of(new Reference("ServiceAccount", "default", "")));
        Matcher matcher = EXISTING.matcher(Yaml.text(values));
        while (matcher.find()) {
            String kind = matcher.group("kind");
            String object = matcher.group("name");
            existing.add(new Reference(kind, object, ""));
            if (matcher.group("keys") != null) {
                existing.addAll(Arrays.stream(matcher.group("keys").split(", ", -1))
                        .map(key -> new Reference(kind, object, key))
                        .collect(Collectors.toSet()));
            }
        }
        return existing;
    }

    @Override
    public String toString() {
        return name;
    }
}
