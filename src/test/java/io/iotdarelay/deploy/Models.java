package io.iotdarelay.deploy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.iotdarelay.testing.Yaml;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Kubernetes' own models, and those of what often runs beside it. They know every field, and what it may hold. */
final class Models {

    /** Throws when the object does not fit. */
    private interface Model {
        void check(String json) throws IOException;
    }

    private interface Validation {
        void check(JsonElement json) throws IOException;
    }

    private interface Parsing {
        Object from(String json) throws IOException;
    }

    /** Fabric8's models take what they don't know, and keep it aside; here nothing is taken that is not known. */
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .build();

    private static final Map<String, Model> MODELS = Map.ofEntries(
            kubernetes("v1 ConfigMap", V1ConfigMap::validateJsonElement, V1ConfigMap::fromJson),
            kubernetes("v1 Pod", V1Pod::validateJsonElement, V1Pod::fromJson),
            kubernetes("v1 Secret", V1Secret::validateJsonElement, V1Secret::fromJson),
            kubernetes("v1 Service", V1Service::validateJsonElement, V1Service::fromJson),
            kubernetes("v1 ServiceAccount", V1ServiceAccount::validateJsonElement, V1ServiceAccount::fromJson),
            kubernetes("apps/v1 Deployment", V1Deployment::validateJsonElement, V1Deployment::fromJson),
            kubernetes("apps/v1 StatefulSet", V1StatefulSet::validateJsonElement, V1StatefulSet::fromJson),
            kubernetes(
                    "policy/v1 PodDisruptionBudget",
                    V1PodDisruptionBudget::validateJsonElement,
                    V1PodDisruptionBudget::fromJson),
            kubernetes(
                    "networking.k8s.io/v1 NetworkPolicy",
                    V1NetworkPolicy::validateJsonElement,
                    V1NetworkPolicy::fromJson),
            kubernetes("networking.k8s.io/v1 Ingress", V1Ingress::validateJsonElement, V1Ingress::fromJson),
            kubernetes(
                    "autoscaling/v2 HorizontalPodAutoscaler",
                    V2HorizontalPodAutoscaler::validateJsonElement,
                    V2HorizontalPodAutoscaler::fromJson),
            monitoring("ServiceMonitor", ServiceMonitor.class),
            monitoring("PodMonitor", PodMonitor.class),
            monitoring("PrometheusRule", PrometheusRule.class),
            Map.entry("keda.sh/v1alpha1 ScaledObject", Models::scaledObject),
            Map.entry("keda.sh/v1alpha1 TriggerAuthentication", Models::triggerAuthentication));

    private Models() {}

    /** What is wrong with it; nothing where it fits its model. */
    static List<String> problems(Manifest manifest) {
        String type = manifest.apiVersion() + " " + manifest.kind();
        Model model = MODELS.get(type);
        if (model == null) {
            return List.of(manifest + " is of a type that nobody knows: " + type);
        }
        try {
            model.check(manifest.tree().toString());
            return List.of();
        } catch (IOException | RuntimeException | AssertionError e) {
            return List.of(manifest + " does not fit its model: " + e.getMessage());
        }
    }

    private static Map.Entry<String, Model> kubernetes(String type, Validation validation, Parsing parsing) {
        return Map.entry(type, json -> {
            validation.check(JsonParser.parseString(json));
            Object unused = parsing.from(json);
        });
    }

    private static Map.Entry<String, Model> monitoring(String kind, Class<?> model) {
        return Map.entry("monitoring.coreos.com/v1 " + kind, json -> {
            Object unused = STRICT.readValue(json, model);
        });
    }

    /** KEDA has no model for Java: the fields that its reference lists (keda.sh, version 2.17), as far as the chart uses them. */
    private static void scaledObject(String json) {
        JsonNode spec = Yaml.tree(json).path("spec");
        only(
                spec,
                Set.of(
                        "scaleTargetRef",
                        "pollingInterval",
                        "cooldownPeriod",
                        "initialCooldownPeriod",
                        "idleReplicaCount",
                        "minReplicaCount",
                        "maxReplicaCount",
                        "fallback",
                        "advanced",
                        "triggers"));
        only(spec.path("fallback"), Set.of("failureThreshold", "replicas", "behavior"));
        only(spec.path("scaleTargetRef"), Set.of("apiVersion", "kind", "name", "envSourceContainerName"));
        require(!spec.path("triggers").isEmpty(), "no trigger");
        for (JsonNode trigger : spec.path("triggers")) {
            only(trigger, Set.of("type", "name", "metadata", "authenticationRef", "metricType", "useCachedMetrics"));
            only(
                    trigger.path("metadata"),
                    Set.of(
                            "bootstrapServers",
                            "consumerGroup",
                            "topic",
                            "lagThreshold",
                            "activationLagThreshold",
                            "offsetResetPolicy",
                            "allowIdleConsumers",
                            "limitToPartitionsWithLag",
                            "excludePersistentLag",
                            "sasl",
                            "tls"));
            trigger.path("metadata")
                    .properties()
                    .forEach(entry -> require(entry.getValue().isString(), entry.getKey() + " is not text"));
        }
    }

    private static void triggerAuthentication(String json) {
        JsonNode spec = Yaml.tree(json).path("spec");
        only(spec, Set.of("secretTargetRef"));
        for (JsonNode target : spec.path("secretTargetRef")) {
            only(target, Set.of("parameter", "name", "key"));
            require(
                    Set.of("username", "password", "ca", "cert", "key", "keyPassword")
                            .contains(target.path("parameter").asString("")),
                    "no parameter of the Kafka scaler: " + target);
        }
    }

    private static void only(JsonNode node, Set<String> keys) {
        node.propertyNames().forEach(key -> require(keys.contains(key), "an unknown field: " + key));
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
