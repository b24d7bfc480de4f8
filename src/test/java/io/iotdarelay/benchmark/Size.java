package io.iotdarelay.benchmark;

import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A size of the chart, as arguments of Docker and the relay, with all processors. */
record Size(List<String> dockerOptions, List<String> arguments) {

    private static final Path PRESETS = Path.of("helm", "iotda-relay", "files", "presets.yaml");

    static Size of(String name) {
        JsonNode preset = Yaml.tree(PRESETS).path(name);
        if (preset.isMissingNode()) {
            throw new IllegalArgumentException("there is no preset '" + name + "'");
        }
        List<String> options = new ArrayList<>();
        JsonNode limits = preset.at("/resources/limits");
        if (!limits.isMissingNode()) {
            int processors =
                    Math.min(limits.path("cpu").asInt(), Runtime.getRuntime().availableProcessors());
            String memory = limits.path("memory").asString().replace("Mi", "m").replace("Gi", "g");
            options.addAll(List.of("--cpus", Integer.toString(processors), "--memory", memory));
            options.addAll(List.of(
                    "--env",
                    "JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage="
                            + preset.at("/jvm/maxRamPercentage").asInt() + " -XX:MaxDirectMemorySize="
                            + preset.at("/jvm/maxDirectMemorySize").asString()));
            System.out.printf("%s: %d processors, %s of memory%n", name, processors, memory);
        }
        List<String> arguments = new ArrayList<>();
        preset.path("relay")
                .propertyStream()
                .forEach(room -> room.getValue()
                        .propertyStream()
                        .forEach(bound -> arguments.add("--relay." + room.getKey() + "." + bound.getKey() + "="
                                + bound.getValue().asString())));
        return new Size(List.copyOf(options), List.copyOf(arguments));
    }
}
