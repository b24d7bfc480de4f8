package io.iotdarelay.docs;

import io.iotdarelay.supply.Licences;
import io.iotdarelay.supply.Sbom;
import io.iotdarelay.supply.Sbom.Component;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The libraries that are shipped, and their licences. */
final class Libraries {

    private Libraries() {}

    static Map<String, String> blocks() {
        List<Component> libraries = Sbom.ofTheBuild().components();
        return Map.of("licences", licences(libraries), "libraries", libraries(libraries));
    }

    private static String licences(List<Component> libraries) {
        Table table = new Table("Licence", "Libraries", "It asks to");
        Licences.ALLOWED.forEach((licence, asks) -> table.row(
                "[" + licence + "](https://spdx.org/licenses/" + licence + ".html)",
                Long.toString(libraries.stream()
                        .filter(library -> licence(library).equals(licence))
                        .count()),
                asks));
        return table.toString();
    }

    /** What has version and licence in common stands in one row. */
    private static String libraries(List<Component> libraries) {
        Map<String, Set<String>> names = new TreeMap<>();
        Map<String, Component> one = new TreeMap<>();
        for (Component library : libraries) {
            String row = String.join(" ", library.group(), library.version(), licence(library));
            names.computeIfAbsent(row, key -> new TreeSet<>()).add(library.name());
            one.put(row, library);
        }
        Table table = new Table("Group", "Libraries", "Version", "Licence");
        names.forEach((row, together) -> {
            Component library = one.get(row);
            table.row("`" + library.group() + "`", String.join(", ", together), library.version(), licence(library));
        });
        return table.toString();
    }

    private static String licence(Component library) {
        return Licences.of(library).orElse("none that is allowed: " + library.licences());
    }
}
