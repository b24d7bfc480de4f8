package io.iotdarelay.commands;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes findings as text, as JSON, or in SARIF 2.1.0. */
final class FindingsText {

    private static final String SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

    private FindingsText() {}

    static String text(List<Finding> findings, List<String> done) {
        StringBuilder page = new StringBuilder();
        for (Finding finding : findings) {
            page.append(word(finding.severity()))
                    .append("  ")
                    .append(finding.rule().id())
                    .append("  ");
            page.append(finding.path()).append(": ").append(finding.message());
            finding.place().ifPresent(place -> page.append("  [").append(place).append(']'));
            page.append('\n');
        }
        page.append("checked: ").append(String.join(", ", done)).append('\n');
        page.append(findings.isEmpty() ? "nothing found" : count(findings)).append('\n');
        return page.toString();
    }

    private static String count(List<Finding> findings) {
        long errors = findings.stream()
                .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                .count();
        return errors
                + (errors == 1 ? " error, " : " errors, ")
                + (findings.size() - errors)
                + (findings.size() - errors == 1 ? " warning" : " warnings");
    }

    static ObjectNode json(List<Finding> findings, List<String> done) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode checked = json.putArray("checked");
        done.forEach(checked::add);
        ArrayNode list = json.putArray("findings");
        for (Finding finding : findings) {
            ObjectNode one = list.addObject();
            one.put("severity", word(finding.severity()));
            one.put("rule", finding.rule().id());
            one.put("path", finding.path());
            one.put("message", finding.message());
            finding.place()
                    .ifPresent(place -> one.put("file", place.file())
                            .put("line", place.line())
                            .put("column", place.column()));
        }
        return json;
    }

    static ObjectNode sarif(List<Finding> findings, String version) {
        ObjectNode sarif = JsonNodeFactory.instance.objectNode();
        sarif.put("$schema", SARIF_SCHEMA);
        sarif.put("version", "2.1.0");
        ObjectNode run = sarif.putArray("runs").addObject();
        ObjectNode driver = run.putObject("tool").putObject("driver");
        driver.put("name", "iotda-relay");
        driver.put("version", version);
        ArrayNode rules = driver.putArray("rules");
        for (Finding.Rule rule : Finding.Rule.values()) {
            rules.addObject().put("id", rule.id()).putObject("shortDescription").put("text", rule.meaning());
        }
        ArrayNode results = run.putArray("results");
        findings.forEach(finding -> results.add(result(finding)));
        return sarif;
    }

    private static ObjectNode result(Finding finding) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.put("ruleId", finding.rule().id());
        result.put("level", word(finding.severity()));
        result.putObject("message").put("text", finding.path() + ": " + finding.message());
        ObjectNode location = result.putArray("locations").addObject();
        finding.place().ifPresent(place -> {
            ObjectNode physical = location.putObject("physicalLocation");
            physical.putObject("artifactLocation").put("uri", uri(place.file()));
            physical.putObject("region").put("startLine", place.line()).put("startColumn", place.column());
        });
        location.putArray("logicalLocations").addObject().put("fullyQualifiedName", finding.path());
        return result;
    }

    /** A relative reference, or that of a file. */
    private static String uri(String file) {
        java.nio.file.Path path = java.nio.file.Path.of(file);
        return path.isAbsolute()
                ? path.toUri().toString()
                : Objects.requireNonNull(
                                java.nio.file.Path.of("/").resolve(path).toUri().getRawPath())
                        .substring(1);
    }

    private static String word(Finding.Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }
}
