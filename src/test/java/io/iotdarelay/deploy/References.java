package io.iotdarelay.deploy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Whether what objects name is there, and whether selectors select what they should, and nothing else. */
final class References {

    private static final Set<String> KEYED = Set.of("Secret", "ConfigMap");

    private final Rendering rendering;
    private final Set<Reference> known;
    private final List<String> problems = new ArrayList<>();

    private References(Rendering rendering, Set<Reference> existing) {
        this.rendering = rendering;
        this.known = new HashSet<>(existing);
        for (Manifest manifest : rendering.manifests()) {
            known.add(new Reference(manifest.kind(), manifest.name(), ""));
            if (KEYED.contains(manifest.kind())) {
                manifest.data()
                        .keySet()
                        .forEach(key -> known.add(new Reference(manifest.kind(), manifest.name(), key)));
            }
        }
    }

    /** What does not resolve, or selects the wrong things. */
    static List<String> problems(Rendering rendering, Set<Reference> existing) {
        References references = new References(rendering, existing);
        rendering.manifests().forEach(references::look);
        return references.problems;
    }

    private void look(Manifest manifest) {
        manifest.pod().ifPresent(pod -> lookAtPod(manifest, pod.path("spec")));
        switch (manifest.kind()) {
            case "Deployment" -> selects(manifest, "/spec/selector/matchLabels", manifest);
            case "StatefulSet" -> {
                selects(manifest, "/spec/selector/matchLabels", manifest);
                needs(manifest, "Service", manifest.at("/spec/serviceName"));
            }
            case "Service" -> {
                Manifest selected = selected(manifest);
                selects(manifest, "/spec/selector", selected);
                manifest.at("/spec/ports").forEach(port -> namesPort(manifest, selected, port.path("targetPort")));
            }
            case "PodDisruptionBudget" -> selects(manifest, "/spec/selector/matchLabels", rendering.workload());
            case "NetworkPolicy" -> selects(manifest, "/spec/podSelector/matchLabels", rendering.workload());
            case "PodMonitor" -> {
                selects(manifest, "/spec/selector/matchLabels", rendering.workload());
                manifest.at("/spec/podMetricsEndpoints")
                        .forEach(endpoint -> namesPort(manifest, rendering.workload(), endpoint.path("port")));
            }
            case "Ingress" -> lookAtIngress(manifest);
            case "ServiceMonitor" -> selectsOneService(manifest);
            case "HorizontalPodAutoscaler" -> scales(manifest);
            case "ScaledObject" -> {
                scales(manifest);
                manifest.at("/spec/triggers")
                        .forEach(trigger ->
                                needs(manifest, "TriggerAuthentication", trigger.at("/authenticationRef/name")));
            }
            case "TriggerAuthentication" ->
                manifest.at("/spec/secretTargetRef")
                        .forEach(target -> needs(manifest, "Secret", target.path("name"), target.path("key")));
            default -> {}
        }
    }

    private void lookAtIngress(Manifest manifest) {
        for (JsonNode rule : manifest.at("/spec/rules")) {
            for (JsonNode path : rule.at("/http/paths")) {
                needs(manifest, "Service", path.at("/backend/service/name"));
                namesPort(manifest, rendering.workload(), path.at("/backend/service/port/name"));
            }
        }
        manifest.at("/spec/tls").forEach(tls -> needs(manifest, "Secret", tls.path("secretName")));
    }

    private void lookAtPod(Manifest manifest, JsonNode spec) {
        needs(manifest, "ServiceAccount", spec.path("serviceAccountName"));
        needs(manifest, "PriorityClass", spec.path("priorityClassName"));
        spec.path("imagePullSecrets").forEach(secret -> needs(manifest, "Secret", secret.path("name")));
        for (JsonNode volume : spec.path("volumes")) {
            JsonNode secret = volume.path("secret");
            needs(manifest, "Secret", secret.path("secretName"));
            secret.path("items")
                    .forEach(item -> needs(manifest, "Secret", secret.path("secretName"), item.path("key")));
            JsonNode configMap = volume.path("configMap");
            needs(manifest, "ConfigMap", configMap.path("name"));
            configMap
                    .path("items")
                    .forEach(item -> needs(manifest, "ConfigMap", configMap.path("name"), item.path("key")));
        }
        Set<String> volumes = new HashSet<>();
        spec.path("volumes").forEach(volume -> volumes.add(volume.path("name").asString()));
        containers(spec).forEach(container -> {
            container.path("volumeMounts").forEach(mount -> {
                if (!volumes.contains(mount.path("name").asString())) {
                    problems.add(manifest + " mounts the volume " + mount.path("name") + ", which it has not");
                }
            });
            for (JsonNode variable : container.path("env")) {
                JsonNode secret = variable.at("/valueFrom/secretKeyRef");
                needs(manifest, "Secret", secret.path("name"), secret.path("key"));
                JsonNode configMap = variable.at("/valueFrom/configMapKeyRef");
                needs(manifest, "ConfigMap", configMap.path("name"), configMap.path("key"));
            }
            for (JsonNode source : container.path("envFrom")) {
                needs(manifest, "Secret", source.at("/secretRef/name"));
                needs(manifest, "ConfigMap", source.at("/configMapRef/name"));
            }
            Stream.of("startupProbe", "readinessProbe", "livenessProbe")
                    .flatMap(probe -> Stream.of(
                            container.at("/" + probe + "/httpGet/port"), container.at("/" + probe + "/tcpSocket/port")))
                    .filter(JsonNode::isString)
                    .forEach(port -> namesPort(manifest, manifest, port));
        });
    }

    static Stream<JsonNode> containers(JsonNode spec) {
        return Stream.of("initContainers", "containers", "ephemeralContainers")
                .flatMap(list -> StreamSupport.stream(spec.path(list).spliterator(), false));
    }

    private void needs(Manifest who, String kind, JsonNode name) {
        needs(who, kind, name, MissingNode.getInstance());
    }

    private void needs(Manifest who, String kind, JsonNode name, JsonNode key) {
        if (name.isMissingNode()) {
            return;
        }
        Reference reference = new Reference(kind, name.asString(), key.asString(""));
        if (!known.contains(reference)) {
            problems.add(who + " names " + reference + ", which is not there");
        }
    }

    /** The only workload that a Service selects; that of the relay where there is not exactly one. */
    private Manifest selected(Manifest service) {
        Map<String, String> selector = Manifest.texts(service.at("/spec/selector"));
        List<Manifest> selected = rendering.workloads().stream()
                .filter(workload -> workload.podLabels().entrySet().containsAll(selector.entrySet()))
                .toList();
        if (selected.size() > 1) {
            problems.add(service + " selects " + selected);
        }
        return selected.size() == 1 ? selected.getFirst() : rendering.workload();
    }

    private void namesPort(Manifest who, Manifest workload, JsonNode port) {
        boolean there = containers(workload.podSpec())
                .flatMap(container ->
                        StreamSupport.stream(container.path("ports").spliterator(), false))
                .anyMatch(each -> each.path("name").equals(port)
                        || each.path("containerPort").equals(port));
        if (!there) {
            problems.add(who + " names the port " + port + ", which no container has");
        }
    }

    private void selects(Manifest who, String pointer, Manifest workload) {
        Map<String, String> selector = Manifest.texts(who.at(pointer));
        if (selector.isEmpty() || !workload.podLabels().entrySet().containsAll(selector.entrySet())) {
            problems.add(who + " selects " + selector + ", but pods of " + workload + " have " + workload.podLabels());
        }
        rendering.all("Pod").stream()
                .filter(pod -> pod.labels().entrySet().containsAll(selector.entrySet()))
                .forEach(pod -> problems.add(who + " also selects " + pod));
    }

    private void selectsOneService(Manifest monitor) {
        Map<String, String> selector = Manifest.texts(monitor.at("/spec/selector/matchLabels"));
        List<Manifest> selected = rendering.all("Service").stream()
                .filter(service -> service.labels().entrySet().containsAll(selector.entrySet()))
                .toList();
        if (selected.size() != 1) {
            problems.add(monitor + " selects " + selected);
            return;
        }
        List<JsonNode> ports = new ArrayList<>();
        selected.getFirst().at("/spec/ports").forEach(port -> ports.add(port.path("name")));
        for (JsonNode endpoint : monitor.at("/spec/endpoints")) {
            if (!ports.contains(endpoint.path("port"))) {
                problems.add(monitor + " names the port " + endpoint.path("port") + ", which " + selected + " has not");
            }
        }
    }

    private void scales(Manifest scaler) {
        JsonNode target = scaler.at("/spec/scaleTargetRef");
        Manifest workload = rendering.workload();
        if (!target.path("kind").asString("").equals(workload.kind())
                || !target.path("name").asString("").equals(workload.name())
                || !target.path("apiVersion").asString("").equals(workload.apiVersion())) {
            problems.add(scaler + " scales " + target + " instead of " + workload);
        }
        if (!workload.at("/spec/replicas").isMissingNode()) {
            problems.add(scaler + " and " + workload + " both say how many replicas there are");
        }
    }
}
