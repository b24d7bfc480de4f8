package io.iotdarelay.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * What pods have to be like: the restricted Pod Security Standard (Kubernetes' page of that name), and what we ask of every pod
 * besides.
 */
final class Policy {

    private static final Set<String> VOLUMES = Set.of(
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "ephemeral",
            "persistentVolumeClaim",
            "projected",
            "secret",
            "image");

    private final Manifest manifest;
    private final JsonNode spec;
    private final List<String> violations = new ArrayList<>();

    private Policy(Manifest manifest) {
        this.manifest = manifest;
        this.spec = manifest.podSpec();
    }

    /** What a workload or pod does that it should not. */
    static List<String> violations(Manifest manifest) {
        Policy policy = new Policy(manifest);
        policy.podIsRestricted();
        References.containers(policy.spec).forEach(container -> {
            policy.containerIsRestricted(container);
            policy.containerIsBounded(container);
        });
        policy.podIsModest();
        return policy.violations;
    }

    private void podIsRestricted() {
        Stream.of("hostNetwork", "hostPID", "hostIPC")
                .filter(host -> spec.path(host).asBoolean(false))
                .forEach(host -> violation("has " + host));
        for (JsonNode volume : spec.path("volumes")) {
            volume.propertyNames().stream()
                    .filter(type -> !type.equals("name") && !VOLUMES.contains(type))
                    .forEach(type -> violation("has a volume of type " + type));
        }
        JsonNode context = spec.path("securityContext");
        if (context.has("sysctls") || context.has("windowsOptions") || context.has("seLinuxOptions")) {
            violation("sets sysctls, windowsOptions or seLinuxOptions");
        }
    }

    private void containerIsRestricted(JsonNode container) {
        JsonNode pod = spec.path("securityContext");
        JsonNode own = container.path("securityContext");
        String name = "container " + container.path("name").asString();
        if (!either(own, pod, "runAsNonRoot").asBoolean(false)) {
            violation(name + " may run as root");
        }
        if (either(own, pod, "runAsUser").asInt(1) == 0) {
            violation(name + " runs as user 0");
        }
        if (!Set.of("RuntimeDefault", "Localhost")
                .contains(either(own, pod, "seccompProfile").path("type").asString(""))) {
            violation(name + " has no seccomp profile");
        }
        if (own.path("privileged").asBoolean(false)
                || own.path("allowPrivilegeEscalation").asBoolean(true)) {
            violation(name + " may gain privileges");
        }
        if (!strings(own.at("/capabilities/drop")).contains("ALL")) {
            violation(name + " keeps capabilities");
        }
        if (!Set.of("NET_BIND_SERVICE").containsAll(strings(own.at("/capabilities/add")))) {
            violation(name + " adds capabilities");
        }
        for (JsonNode port : container.path("ports")) {
            if (port.has("hostPort")) {
                violation(name + " has a host port");
            }
        }
    }

    private void containerIsBounded(JsonNode container) {
        String name = "container " + container.path("name").asString();
        if (!container.at("/securityContext/readOnlyRootFilesystem").asBoolean(false)) {
            violation(name + " may write its root file system");
        }
        Stream.of("/resources/requests/cpu", "/resources/requests/memory", "/resources/limits/memory")
                .filter(bound -> container.at(bound).isMissingNode())
                .forEach(bound -> violation(name + " has no " + bound));
        String image = container.path("image").asString("");
        if (!image.matches(".+(:[^:/]+|@sha256:[0-9a-f]{64})") || image.endsWith(":latest")) {
            violation(name + " has an image without a version: " + image);
        }
        if (name.equals("container relay")) {
            Stream.of("startupProbe", "readinessProbe", "livenessProbe")
                    .filter(probe -> container.at("/" + probe + "/httpGet").isMissingNode())
                    .forEach(probe -> violation(name + " has no " + probe));
        }
    }

    /** No token of Kubernetes', and no variables that neighbours decide on. */
    private void podIsModest() {
        if (spec.path("automountServiceAccountToken").asBoolean(true)) {
            violation("mounts a token");
        }
        if (spec.path("enableServiceLinks").asBoolean(true)) {
            violation("takes variables from Services of its namespace");
        }
        for (JsonNode container : spec.path("containers")) {
            for (JsonNode mount : container.path("volumeMounts")) {
                if (mount.has("subPath")) {
                    violation("mounts " + mount.path("mountPath") + " by subPath, which never changes");
                }
            }
        }
    }

    private void violation(String what) {
        violations.add(manifest + " " + what);
    }

    private static JsonNode either(JsonNode own, JsonNode pod, String key) {
        return own.has(key) ? own.path(key) : pod.path(key);
    }

    private static List<String> strings(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asString)
                .toList();
    }
}
