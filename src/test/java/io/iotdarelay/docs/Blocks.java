package io.iotdarelay.docs;

import io.iotdarelay.Rooms;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.source.PauseReason;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.KeyRange;
import io.iotdarelay.testing.KeyText;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the code knows, as Markdown. */
final class Blocks {

    private static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");

    private Blocks() {}

    /** A table of keys for each group, such as {@code keys relay.iotda}. */
    static Map<String, String> configuration() {
        Map<String, List<JsonNode>> groups = new TreeMap<>();
        for (JsonNode property : metadata().path("properties")) {
            String name = property.path("name").asString();
            if (name.startsWith("relay.") && !isStructure(property)) {
                groups.computeIfAbsent(group(name), group -> new ArrayList<>()).add(property);
            }
        }
        Map<String, String> blocks = new HashMap<>();
        groups.forEach((group, properties) -> {
            Table table = new Table("Key", "Default", "Range", "Meaning");
            properties.forEach(property -> table.row(
                    "`" + shown(property.path("name").asString()) + "`",
                    defaultValue(property),
                    KeyRange.of(property).map(KeyRange::toString).orElse(""),
                    KeyText.of(property)));
            blocks.put("keys " + group, table.toString());
        });
        return blocks;
    }

    static Map<String, String> metrics() {
        Table meters = new Table("Meter", "In Prometheus", "Type", "Labels", "Meaning");
        for (RelayMeter meter : RelayMeter.values()) {
            meters.row(
                    "`" + meter.getName() + "`",
                    "`" + prometheusName(meter) + "`",
                    meter.getType().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    Arrays.stream(meter.getKeyNames())
                            .map(KeyName::asString)
                            .map(label -> "`" + label + "`")
                            .collect(Collectors.joining(", ")),
                    meter.description());
        }
        Table labels = new Table("Label", "Meaning");
        for (RelayMeter.Label label : RelayMeter.Label.values()) {
            labels.row("`" + label.asString() + "`", label.meaning());
        }
        return Map.of("meters", meters.toString(), "labels", labels.toString());
    }

    static Map<String, String> reliability() {
        return Map.of("dead-letter reasons", reasons(), "pause reasons", pauses());
    }

    static Map<String, String> architecture() {
        Table rooms = new Table("Room", "May know");
        Rooms.MAY_KNOW.forEach((room, others) -> rooms.row(
                "`" + room + "`",
                others.isEmpty()
                        ? "nothing"
                        : others.stream().map(other -> "`" + other + "`").collect(Collectors.joining(", "))));
        return Map.of("rooms", rooms.toString());
    }

    /** As a scrape shows it. */
    static String prometheusName(RelayMeter meter) {
        boolean timed = meter.getType() == Meter.Type.TIMER || "seconds".equals(meter.getBaseUnit());
        String name = new PrometheusNamingConvention().name(meter.getName(), meter.getType(), timed ? "seconds" : null);
        return meter.getType() == Meter.Type.COUNTER ? name + "_total" : name;
    }

    private static String reasons() {
        Table reasons = new Table("Reason", "Meaning");
        for (RejectionReason reason : RejectionReason.values()) {
            reasons.row("`" + reason.code() + "`", reason.meaning());
        }
        return reasons.toString();
    }

    private static String pauses() {
        Table pauses = new Table("Reason", "Meaning");
        for (PauseReason reason : PauseReason.values()) {
            pauses.row("`" + reason.code() + "`", reason.meaning());
        }
        return pauses.toString();
    }

    private static JsonNode metadata() {
        return JsonMapper.shared().readTree(METADATA);
    }

    /** A list or map whose elements have keys of their own, which are listed themselves. */
    private static boolean isStructure(JsonNode property) {
        String type = property.path("type").asString();
        return !type.endsWith("EachProperties>") && type.matches("java\\.util\\.(List|Map)<.*io\\.iotdarelay.*");
    }

    private static String group(String name) {
        return Stream.of("relay.routes", "relay.models", "relay.mapping")
                .filter(name::startsWith)
                .findFirst()
                .orElseGet(() -> name.substring(0, name.lastIndexOf('.')));
    }

    private static String shown(String name) {
        return name.replace("properties.*.", "properties.NAME.").replace("products.*.", "products.ID.");
    }

    private static String defaultValue(JsonNode property) {
        JsonNode value = property.get("defaultValue");
        return value == null || value.isContainer() ? "" : "`" + value.asString() + "`";
    }

    /** All blocks of all pages, by page. */
    static Map<String, Map<String, String>> all() {
        Map<String, Map<String, String>> pages = new LinkedHashMap<>();
        pages.put("architecture.md", architecture());
        pages.put("configuration.md", configuration());
        pages.put("cookbook.md", Cookbook.blocks());
        pages.put("licences.md", Libraries.blocks());
        pages.put("metrics.md", metrics());
        pages.put("reliability.md", reliability());
        pages.put("../helm/iotda-relay/README.md", ChartValues.blocks());
        return pages;
    }
}
