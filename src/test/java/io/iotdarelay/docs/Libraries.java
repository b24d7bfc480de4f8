package io.iotdarelay.docs;

import io.iotdarelay.supply.Licences;
import io.iotdarelay.supply.Sbom;
import io.iotdarelay.supply.Sbom.Component;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The libraries that are shipped, and their licences. */
final class Libraries {

    private record Row(String group, String version, String licence) {

        static final Comparator<Row> ORDER =
                Comparator.comparing(Row::group).thenComparing(Row::version).thenComparing(Row::licence);
    }

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

    /** Libraries with the same version and licence share a row. */
    private static String libraries(List<Component> libraries) {
        Map<Row, Set<String>> rows = new TreeMap<>(Row.ORDER);
        for (Component library : libraries) {
            rows.computeIfAbsent(new Row(library.group(), library.version(), licence(library)), row -> new TreeSet<>())
                    .add(library.name());
        }
        Table table = new Table("Group", "Libraries", "Version", "Licence");
        rows.forEach((row, names) ->
                table.row("`" + row.group() + "`", String.join(", ", names), row.version(), row.licence()));
        return table.toString();
    }

    private static String licence(Component library) {
        return Licences.of(library).orElse("none that is allowed: " + library.licences());
    }
}
