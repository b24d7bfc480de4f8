package io.iotdarelay;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who may know whom: checked by {@link ArchitectureTest}, and printed into {@code docs/architecture.md}. */
public final class Rooms {

    /** The rooms in the order of the flow, each with those that it may depend on. */
    public static final Map<String, List<String>> MAY_KNOW = mayKnow();

    private Rooms() {}

    private static Map<String, List<String>> mayKnow() {
        Map<String, List<String>> rooms = new LinkedHashMap<>();
        rooms.put("telemetry", List.of());
        rooms.put("kafka", List.of());
        rooms.put("settings", List.of());
        rooms.put("metrics", List.of("telemetry"));
        rooms.put("tracing", List.of("telemetry"));
        rooms.put("tls", List.of("settings"));
        rooms.put("source", List.of("telemetry", "kafka", "settings", "metrics", "settle"));
        rooms.put("decode", List.of("telemetry"));
        rooms.put("schemas", List.of("telemetry", "decode"));
        rooms.put("model", List.of("telemetry", "settings", "decode"));
        rooms.put("expression", List.of());
        rooms.put("mapping", List.of("telemetry", "settings", "decode", "model", "expression"));
        rooms.put("lane", List.of("telemetry", "settings"));
        rooms.put("devices", List.of("telemetry", "kafka", "settings", "metrics"));
        rooms.put("platform", List.of("telemetry", "tracing"));
        rooms.put("egress", List.of("settings"));
        rooms.put("iotda", List.of("telemetry", "settings", "metrics", "tracing", "lane", "platform", "egress"));
        rooms.put("limits", List.of("telemetry", "settings", "metrics", "platform"));
        rooms.put("auth", List.of("telemetry", "settings", "metrics", "devices", "platform"));
        rooms.put("tokens", List.of("telemetry", "kafka", "settings", "metrics", "auth", "platform"));
        rooms.put(
                "delivery",
                List.of(
                        "telemetry",
                        "settings",
                        "metrics",
                        "tracing",
                        "lane",
                        "devices",
                        "auth",
                        "platform",
                        "limits"));
        rooms.put("settle", List.of("telemetry", "kafka", "settings"));
        rooms.put("appside", List.of("telemetry", "settings", "metrics", "decode", "egress", "limits"));
        rooms.put("products", List.of("telemetry", "metrics", "model", "appside"));
        rooms.put("provisioning", List.of("telemetry", "metrics", "mapping", "devices", "appside"));
        rooms.put("registry", List.of("telemetry", "settings", "metrics", "decode", "schemas", "egress"));
        rooms.put("pauses", List.of("telemetry", "kafka", "settings", "metrics"));
        rooms.put("group", List.of("egress", "pauses"));
        rooms.put(
                "pipeline",
                List.of(
                        "telemetry",
                        "settings",
                        "metrics",
                        "tracing",
                        "source",
                        "decode",
                        "model",
                        "mapping",
                        "lane",
                        "devices",
                        "auth",
                        "platform",
                        "limits",
                        "delivery",
                        "settle",
                        "registry",
                        "pauses"));
        rooms.put(
                "readback",
                List.of("telemetry", "settings", "metrics", "decode", "model", "devices", "appside", "pipeline"));
        rooms.put("access", List.of("settings", "metrics", "egress"));
        rooms.put("explain", List.of("telemetry", "devices", "limits", "delivery"));
        rooms.put(
                "redrive",
                List.of(
                        "telemetry",
                        "kafka",
                        "settings",
                        "metrics",
                        "decode",
                        "model",
                        "mapping",
                        "devices",
                        "platform",
                        "delivery",
                        "settle",
                        "pipeline"));
        rooms.put("desk", List.of("telemetry", "metrics", "access"));
        rooms.put(
                "operate",
                List.of(
                        "telemetry",
                        "metrics",
                        "source",
                        "model",
                        "mapping",
                        "devices",
                        "auth",
                        "platform",
                        "limits",
                        "delivery",
                        "settle",
                        "appside",
                        "registry",
                        "pauses",
                        "group",
                        "pipeline",
                        "readback",
                        "access",
                        "explain",
                        "redrive",
                        "lane",
                        "iotda",
                        "tls"));
        rooms.put("client", List.of());
        rooms.put(
                "commands",
                List.of(
                        "telemetry",
                        "kafka",
                        "settings",
                        "decode",
                        "mapping",
                        "model",
                        "devices",
                        "iotda",
                        "appside",
                        "pipeline",
                        "client"));
        return rooms;
    }
}
