package io.iotdarelay.deploy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** One object of Kubernetes. */
record Manifest(JsonNode tree) {

    String apiVersion() {
        return tree.path("apiVersion").asString("");
    }

    String kind() {
        return tree.path("kind").asString("");
    }

    String name() {
        return at("/metadata/name").asString("");
    }

    /** The value there; a missing node if there is none. */
    JsonNode at(String pointer) {
        return tree.at(pointer);
    }

    Map<String, String> labels() {
        return texts(at("/metadata/labels"));
    }

    /** The labels of its pods. */
    Map<String, String> podLabels() {
        return pod().map(pod -> texts(pod.at("/metadata/labels"))).orElse(Map.of());
    }

    /** Its pods, as far as it has any: metadata and spec. */
    Optional<JsonNode> pod() {
        return switch (kind()) {
            case "Pod" -> Optional.of(tree);
            case "Deployment", "StatefulSet" -> Optional.of(at("/spec/template"));
            default -> Optional.empty();
        };
    }

    JsonNode podSpec() {
        return pod().map(pod -> pod.path("spec")).orElseThrow();
    }

    /** The container that is the relay. */
    JsonNode relay() {
        return container("relay").orElseThrow(() -> new AssertionError(this + " has no container named relay"));
    }

    boolean runsRelay() {
        return container("relay").isPresent();
    }

    Optional<JsonNode> container(String name) {
        return podSpec()
                .path("containers")
                .valueStream()
                .filter(container -> container.path("name").asString("").equals(name))
                .findFirst();
    }

    /** What a Secret or a ConfigMap holds, by key. */
    Map<String, String> data() {
        Map<String, String> data = new LinkedHashMap<>(texts(tree.path("data")));
        if (kind().equals("Secret")) {
            data.replaceAll((key, text) -> new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8));
        }
        return data;
    }

    static Map<String, String> texts(JsonNode node) {
        Map<String, String> texts = new LinkedHashMap<>();
        node.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString()));
        return texts;
    }

    @Override
    public String toString() {
        return kind() + " " + name();
    }
}
