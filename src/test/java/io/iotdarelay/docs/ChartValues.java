package io.iotdarelay.docs;

import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The values of the Helm chart: their {@code # -- } comments in values.yaml, and the sizes of the presets. */
final class ChartValues {

    private static final Path CHART = Path.of("helm/iotda-relay");

    private static final String BEGIN = "# -- ";
    private static final Pattern KEY = Pattern.compile("(?<indent> *)(?<key>[A-Za-z][A-Za-z0-9]*):.*");
    private static final int LONGEST_DEFAULT = 60;

    private record Level(int indent, String key) {}

    private ChartValues() {}

    static Map<String, String> blocks() {
        return Map.of("values", values(), "presets", presets());
    }

    private static String values() {
        JsonNode defaults = Yaml.tree(CHART.resolve("values.yaml"));
        Map<String, String> meanings = meanings();
        Table table = new Table("Value", "Default", "Meaning");
        meanings.forEach((path, meaning) -> table.row(
                "`" + path + "`", isParent(path, meanings.keySet()) ? "" : shown(at(defaults, path)), meaning));
        return table.toString();
    }

    private static String presets() {
        Table table = new Table(
                "Preset",
                "CPU requested / at most",
                "Memory",
                "Heap",
                "Network buffers",
                "Records in flight",
                "Bytes in flight",
                "Requests in flight",
                "Tokens");
        Yaml.tree(CHART.resolve("files/presets.yaml")).properties().stream()
                .filter(preset -> !preset.getValue().isEmpty())
                .forEach(preset -> table.row(
                        "`" + preset.getKey() + "`",
                        text(preset.getValue(), "/resources/requests/cpu") + " / "
                                + text(preset.getValue(), "/resources/limits/cpu"),
                        text(preset.getValue(), "/resources/limits/memory"),
                        text(preset.getValue(), "/jvm/maxRamPercentage") + " %",
                        text(preset.getValue(), "/jvm/maxDirectMemorySize"),
                        text(preset.getValue(), "/relay/source/max-in-flight-records"),
                        text(preset.getValue(), "/relay/source/max-in-flight-size"),
                        text(preset.getValue(), "/relay/lane/max-in-flight-requests"),
                        text(preset.getValue(), "/relay/tokens/max-devices")));
        return table.toString();
    }

    /** What each value means, by its path, in the order of the file. */
    static Map<String, String> meanings() {
        Map<String, String> meanings = new LinkedHashMap<>();
        Deque<Level> path = new ArrayDeque<>();
        List<String> comment = new ArrayList<>();
        for (String line : Yaml.text(CHART.resolve("values.yaml")).lines().toList()) {
            String text = line.strip();
            Matcher key = KEY.matcher(line);
            if (text.startsWith(BEGIN)) {
                comment = new ArrayList<>(List.of(text.substring(BEGIN.length())));
            } else if (text.startsWith("# ") && !comment.isEmpty()) {
                comment.add(text.substring(2));
            } else if (key.matches()) {
                int indent = key.group("indent").length();
                while (!path.isEmpty() && path.getLast().indent() >= indent) {
                    path.removeLast();
                }
                path.addLast(new Level(indent, key.group("key")));
                if (!comment.isEmpty()) {
                    String name = String.join(".", path.stream().map(Level::key).toList());
                    meanings.put(name, String.join(" ", comment));
                }
                comment = new ArrayList<>();
            } else {
                comment = new ArrayList<>();
            }
        }
        return meanings;
    }

    /** Values that neither a comment of their own explains, nor one of what they belong to. */
    static Set<String> unexplained() {
        Set<String> unexplained = new TreeSet<>();
        collect("", Yaml.tree(CHART.resolve("values.yaml")), meanings().keySet(), unexplained);
        return unexplained;
    }

    private static void collect(String path, JsonNode value, Set<String> explained, Set<String> unexplained) {
        if (explained.contains(path) && !isParent(path, explained)) {
            return;
        }
        if (!value.isObject() || value.isEmpty()) {
            unexplained.add(path);
        }
        value.properties().forEach(entry -> {
            String child = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            collect(child, entry.getValue(), explained, unexplained);
        });
    }

    private static boolean isParent(String path, Set<String> paths) {
        return paths.stream().anyMatch(other -> other.startsWith(path + "."));
    }

    private static JsonNode at(JsonNode tree, String path) {
        return tree.at("/" + path.replace('.', '/'));
    }

    private static String shown(JsonNode value) {
        if (value.isNull() || (value.isString() && value.asString().isEmpty())) {
            return "";
        }
        String text = value.isString() ? value.asString() : value.toString();
        return text.length() > LONGEST_DEFAULT ? "see values.yaml" : "`" + text + "`";
    }

    private static String text(JsonNode tree, String pointer) {
        return tree.at(pointer).asString();
    }
}
