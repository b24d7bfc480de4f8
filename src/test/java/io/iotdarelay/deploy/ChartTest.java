package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.source.MountedCredentials;
import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the chart makes of single values. */
class ChartTest {

    /** Two rebalances with heartbeats every 3 s, a drain, an authentication. */
    private static final int SECONDS_TO_THE_FIRST_ANSWER = 10;

    private final Chart chart = Chart.original();

    @ParameterizedTest
    @CsvSource({
        "20s, 30",
        "1m, 70",
        "500ms, 11",
        "1500, 12",
        "0s, 10",
        "PT20S, 30",
        "PT1M30S, 100",
        "pt2.5s, 13",
    })
    void gracePeriodIsTenSecondsLongerThanTheDrain(String drainTimeout, int seconds) {
        Rendering rendering = minimal("relay: { source: { drain-timeout: '" + drainTimeout + "' } }");

        assertThat(podSpec(rendering).path("terminationGracePeriodSeconds").asInt())
                .isEqualTo(seconds);
        RelayYaml.of(rendering).check();
    }

    @Test
    void gracePeriodFollowsADrainSetInTheFurtherConfiguration() {
        Rendering rendering = minimal("config: { relay: { source: { drain-timeout: 45s } } }");

        assertThat(podSpec(rendering).path("terminationGracePeriodSeconds").asInt())
                .isEqualTo(55);
    }

    @Test
    void gracePeriodCanBeSet() {
        Rendering rendering = minimal("terminationGracePeriodSeconds: 90");

        assertThat(podSpec(rendering).path("terminationGracePeriodSeconds").asInt())
                .isEqualTo(90);
    }

    @Test
    void rollOutsKeepCapacity() {
        JsonNode strategy = minimal("").the("Deployment").at("/spec/strategy");

        assertThat(strategy.at("/rollingUpdate/maxUnavailable").asInt(-1)).isZero();
        assertThat(strategy.at("/rollingUpdate/maxSurge").asInt(-1)).isOne();
    }

    @Test
    void probesAskTheRightQuestions() {
        JsonNode relay = minimal("").workload().relay();

        assertThat(relay.at("/readinessProbe/httpGet/path").asString()).isEqualTo("/actuator/health/readiness");
        assertThat(relay.at("/livenessProbe/httpGet/path").asString()).isEqualTo("/actuator/health/liveness");
        assertThat(relay.at("/startupProbe/httpGet/path").asString()).isEqualTo("/actuator/health/liveness");
        assertThat(relay.at("/startupProbe/periodSeconds").asInt()
                        * relay.at("/startupProbe/failureThreshold").asInt())
                .as("seconds for a start")
                .isGreaterThanOrEqualTo(120);
    }

    /**
     * What only the platform's answers show comes after readiness: a new pod gets partitions, sends, and gets 404. It has to be seen
     * unready before it counts as available, or an old pod goes.
     */
    @ParameterizedTest
    @ValueSource(strings = {"Deployment", "StatefulSet"})
    void aPodThatBecomesUnreadyIsNoticedBeforeTheRollOutContinues(String kind) {
        Rendering rendering = minimal("kind: " + kind);
        JsonNode probe = rendering.workload().relay().path("readinessProbe");

        int noticed = probe.path("periodSeconds").asInt()
                * probe.path("failureThreshold").asInt();
        assertThat(rendering.the(kind).at("/spec/minReadySeconds").asInt())
                .isGreaterThanOrEqualTo(noticed + probe.path("timeoutSeconds").asInt() + SECONDS_TO_THE_FIRST_ANSWER);
    }

    /** Or a new Secret would not be looked at. */
    @ParameterizedTest
    @ValueSource(strings = {"existing-secrets", "mtls", "key-stores", "sasl-tls", "everything"})
    void everyBundleIsReadAgain(String setup) {
        RelayYaml configuration = RelayYaml.of(render(setup, ""));

        assertThat(configuration.bundles())
                .isNotEmpty()
                .allSatisfy((name, bundle) ->
                        assertThat(bundle.isReloadOnUpdate()).as(name).isTrue());
    }

    @Test
    void presetsGiveWayKeyByKey() {
        Rendering rendering = minimal("""
                preset: medium
                resources: { limits: { cpu: "3" } }
                jvm: { maxRamPercentage: 40, options: -XX:+UseZGC }
                relay: { source: { max-in-flight-records: 7 } }
                """);

        JsonNode resources = rendering.workload().relay().path("resources");
        assertThat(resources.at("/limits/cpu").asString()).isEqualTo("3");
        assertThat(resources.at("/limits/memory").asString()).isEqualTo("1Gi");
        assertThat(variable(rendering, "JDK_JAVA_OPTIONS").path("value").asString())
                .isEqualTo("-XX:MaxRAMPercentage=40 -XX:MaxDirectMemorySize=192m -XX:+UseZGC");
        RelayYaml configuration = RelayYaml.of(rendering);
        assertThat(configuration.value("relay.source.max-in-flight-records")).isEqualTo("7");
        assertThat(configuration.value("relay.source.max-in-flight-size")).isEqualTo("64MB");
    }

    @Test
    void furtherConfigurationWins() {
        Rendering rendering =
                minimal("config: { spring: { kafka: { consumer: { group-id: mine, max-poll-records: 50 } } } }");

        assertThat(RelayYaml.of(rendering).kafka().getConsumer().getGroupId()).isEqualTo("mine");
        assertThat(RelayYaml.of(rendering).kafka().getConsumer().getMaxPollRecords())
                .isEqualTo(50);
        assertThat(RelayYaml.of(rendering).kafka().getBootstrapServers()).containsExactly("kafka:9092");
    }

    @Test
    void largeNumbersStayWhole() {
        Rendering rendering = minimal("relay: { tokens: { max-devices: 100000000 } }");

        assertThat(RelayYaml.of(rendering).value("relay.tokens.max-devices")).isEqualTo("100000000");
        RelayYaml.of(rendering).check();
    }

    /** To Helm's YAML an unquoted y is true. A device that reported its position would lose half of it. */
    @Test
    void quotedNamesOfPropertiesStayWhatTheyAre() {
        Rendering rendering = minimal("""
                relay:
                  routes:
                    - name: positions
                      topics: [positions]
                      to: properties
                      device-id: key
                      services: [{ id: S, properties: { x: /x, "y": /y, "n": /n, "on": /on } }]
                """);

        assertThat(RelayYaml.of(rendering).value("relay.routes[0].services[0].properties.y"))
                .isEqualTo("/y");
        RelayYaml.of(rendering).check();
    }

    /** YAML and Helm quote each in their own way; the password has to come through both. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "it's",
                "\"quoted\"",
                "back\\slash",
                "\\\"both\\\"\\",
                "${HOME}",
                "\\${HOME}",
                "${unknown:default}",
                "$1 $(HOME) #{x} {{ .Values }}",
                "semi;colon = yes // and /* so */ on # forth",
                "tab\tand\nline\r\nend",
                "\\n\\044",
                " blanks ",
                "ünïcödé 密码 🔑",
                "012345678901234567890123456789",
                "1e6",
                "true",
            })
    void everyPasswordReachesKafka(String password) {
        Rendering rendering = render(
                "sasl-tls",
                "kafka: { sasl: { username: " + quoted(password + "-user") + ", password: " + quoted(password)
                        + " } }");

        assertThat(rendering.kept("Secret", "relay-iotda-relay-credentials").data())
                .containsEntry("kafka-username", password + "-user")
                .containsEntry("kafka-password", password);
        assertCredentialsAreMounted(rendering);
    }

    @Test
    void namesAndPasswordsOfAnExistingSecretReachKafka() {
        Rendering rendering = render("existing-secrets", "");
        RelayYaml configuration = RelayYaml.of(rendering);

        assertCredentialsAreMounted(rendering);
        assertThat(configuration.kafka().getProperties()).containsEntry("sasl.mechanism", "PLAIN");
        assertThat(configuration.kafka().getSecurity().getProtocol()).isEqualTo("SASL_SSL");
        assertThat(configuration.kafka().getSsl().getBundle()).isEqualTo("kafka");
        assertThat(configuration.value("relay.iotda.ssl-bundle")).isEqualTo("iotda");
        assertThat(configuration.value("spring.security.user.password")).isEqualTo("made-up");
    }

    @Test
    void filesOfTheConfigurationAreMounted() {
        for (String setup : List.of("existing-secrets", "mtls", "key-stores", "sasl-tls", "everything")) {
            Rendering rendering = render(setup, "");
            List<String> mounted = mountedFiles(rendering);
            List<String> named = Stream.of(rendering
                            .configuration()
                            .data()
                            .getOrDefault("relay.yaml", "")
                            .split("\\s+", -1))
                    .filter(word -> word.startsWith("file:/"))
                    .map(word -> word.substring("file:".length()))
                    .toList();

            assertThat(named)
                    .as(setup)
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(mounted).contains(file));
        }
    }

    @Test
    void staticMembersAreNamedByTheirPod() {
        Rendering rendering = render("statefulset", "");

        assertThat(RelayYaml.of(rendering).kafka().getConsumer().getProperties())
                .containsEntry("session.timeout.ms", "60000")
                .containsEntry("group.instance.id", "made-up");
        assertThat(variable(rendering, "POD_NAME")
                        .at("/valueFrom/fieldRef/fieldPath")
                        .asString())
                .isEqualTo("metadata.name");
        assertThat(rendering.the("StatefulSet").at("/spec/podManagementPolicy").asString())
                .isEqualTo("Parallel");
        assertThat(RelayYaml.of(minimal("")).kafka().getConsumer().getProperties())
                .doesNotContainKey("group.instance.id");
    }

    /** With the protocol of KIP-848 the broker decides how long a session is, and a client that sets it does not start. */
    @Test
    void theNewProtocolKnowsNoSessionTimeout() {
        Rendering rendering = render("statefulset", "kafka: { groupProtocol: consumer }");

        assertThat(RelayYaml.of(rendering).kafka().getConsumer().getProperties())
                .containsEntry("group.protocol", "consumer")
                .doesNotContainKey("session.timeout.ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hpa", "keda", "everything"})
    void replicasAreTheScalersBusiness(String setup) {
        assertThat(render(setup, "").workload().at("/spec/replicas").isMissingNode())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'replicaCount: 2', true",
        "'replicaCount: 1', false",
        "'{ replicaCount: 1, autoscaling: { enabled: true } }', true",
        "'{ replicaCount: 1, keda: { enabled: true } }', true",
        "'{ replicaCount: 1, kind: StatefulSet }', false",
    })
    void replicasFindEachOther(String values, boolean isGroup) {
        Rendering rendering = minimal(values);

        List<Manifest> headless = rendering.all("Service").stream()
                .filter(service -> service.at("/spec/clusterIP").asString("").equals("None"))
                .toList();
        String policy = rendering.the("NetworkPolicy").at("/spec/ingress").toString();
        if (!isGroup) {
            assertThat(RelayYaml.of(rendering).has("relay.desk.peers")).isFalse();
            assertThat(policy).doesNotContain("\"app.kubernetes.io/component\":\"relay\"");
            return;
        }
        assertThat(headless).singleElement().satisfies(service -> {
            assertThat(RelayYaml.of(rendering).value("relay.desk.peers")).isEqualTo("dns:" + service.name() + ":8080");
            assertThat(service.at("/spec/publishNotReadyAddresses").asBoolean()).isTrue();
        });
        assertThat(policy).contains("\"app.kubernetes.io/component\":\"relay\"");
        assertThat(rendering.the("NetworkPolicy").at("/spec/egress").toString())
                .contains("\"app.kubernetes.io/component\":\"relay\"", "\"port\":8080");
    }

    @Test
    void kedaLooksAtEveryTopic() {
        Rendering rendering = render("keda", "");

        JsonNode triggers = rendering.the("ScaledObject").at("/spec/triggers");
        List<String> topics = new ArrayList<>();
        triggers.forEach(trigger -> topics.add(trigger.at("/metadata/topic").asString()));
        assertThat(topics).containsExactly("telemetry.meters", "telemetry.alarms", "telemetry.events");
        assertThat(triggers).allSatisfy(trigger -> {
            assertThat(trigger.at("/metadata/limitToPartitionsWithLag").asString())
                    .isEqualTo("true");
            assertThat(trigger.at("/metadata/lagThreshold").asString()).isEqualTo("1000000");
            assertThat(trigger.at("/metadata/sasl").asString()).isEqualTo("scram_sha256");
            assertThat(trigger.at("/authenticationRef/name").asString()).isEqualTo("relay-iotda-relay-kafka");
        });
        assertThat(rendering
                        .the("ScaledObject")
                        .at(
                                "/spec/advanced/horizontalPodAutoscalerConfig/behavior/scaleDown/stabilizationWindowSeconds")
                        .asInt())
                .isGreaterThanOrEqualTo(300);
    }

    @Test
    void kedaNeedsNoAuthenticationForAnOpenBroker() {
        Rendering rendering = minimal("keda: { enabled: true }");

        assertThat(rendering.all("TriggerAuthentication")).isEmpty();
        assertThat(rendering
                        .the("ScaledObject")
                        .at("/spec/triggers/0/authenticationRef")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void theRoutesMayBeInAFileOfTheirOwn(@TempDir Path copy) {
        String values = "relay: { routes: [], mapping: file:/etc/mapping/mapping.yaml }\n";
        Rendering rendering =
                Chart.withHooksAndNotes(copy).render(Setup.named("minimal").values(), values);
        RelayYaml configuration = RelayYaml.of(rendering);

        assertThat(configuration.value("relay.mapping")).isEqualTo("file:/etc/mapping/mapping.yaml");
        assertThat(relayYaml(rendering).at("/relay/routes")).isEmpty();
        assertThat(rendering.the("Notes").at("/text").asString())
                .contains("Routes    in file:/etc/mapping/mapping.yaml");
        assertThat(minimal(values + """
                        extraVolumes: [{ name: mapping, configMap: { name: mapping } }]
                        extraVolumeMounts: [{ name: mapping, mountPath: /etc/mapping, readOnly: true }]
                        """)
                        .workload()
                        .relay()
                        .path("volumeMounts")
                        .valueStream()
                        .map(mount -> mount.path("mountPath").asString()))
                .contains("/etc/mapping");
        assertThat(minimal(values + "keda: { enabled: true, topics: [telemetry.meters] }")
                        .the("ScaledObject")
                        .at("/spec/triggers/0/metadata/topic")
                        .asString())
                .isEqualTo("telemetry.meters");
    }

    @Test
    void eachSignalThatIsExportedHasAnAddressAndTheOthersHaveNone() {
        JsonNode traces = relayYaml(exporting("opentelemetry: { endpoint: \"http://collector:4318/\" }"));
        assertThat(traces.at("/management/opentelemetry/tracing/export/otlp/endpoint")
                        .asString())
                .isEqualTo("http://collector:4318/v1/traces");
        assertThat(traces.at("/management/tracing/sampling/probability").asDouble())
                .isEqualTo(0.1);
        assertThat(traces.at("/management/opentelemetry/logging").isMissingNode())
                .isTrue();
        assertThat(traces.at("/management/otlp").isMissingNode()).isTrue();

        JsonNode rest = relayYaml(exporting(
                "opentelemetry: { endpoint: \"http://collector:4318\", traces: false, metrics: true, logs: true }"));
        assertThat(rest.at("/management/opentelemetry/tracing").isMissingNode()).isTrue();
        assertThat(rest.at("/management/opentelemetry/logging/export/otlp/endpoint")
                        .asString())
                .isEqualTo("http://collector:4318/v1/logs");
        assertThat(rest.at("/management/otlp/metrics/export/url").asString())
                .isEqualTo("http://collector:4318/v1/metrics");

        JsonNode metrics =
                relayYaml(exporting("opentelemetry: { endpoint: \"http://collector:4318\", metrics: true }"));
        assertThat(metrics.at("/management/otlp").isMissingNode()).isFalse();
        assertThat(metrics.at("/management/opentelemetry/logging").isMissingNode())
                .isTrue();
        JsonNode logs = relayYaml(exporting("opentelemetry: { endpoint: \"http://collector:4318\", logs: true }"));
        assertThat(logs.at("/management/opentelemetry/logging").isMissingNode()).isFalse();
        assertThat(logs.at("/management/otlp").isMissingNode()).isTrue();

        JsonNode none = relayYaml(exporting("opentelemetry: { metrics: true, logs: true }"));
        assertThat(none.has("management")).isFalse();
    }

    @Test
    void theConsoleSpeaksJsonIfAsked() {
        assertThat(relayYaml(minimal("logging: { format: ecs }"))
                        .at("/logging/structured/format/console")
                        .asString())
                .isEqualTo("ecs");
        assertThat(relayYaml(minimal("")).has("logging")).isFalse();
    }

    private Rendering exporting(String more) {
        return minimal("networkPolicy: { enabled: false }\n" + more);
    }

    private static JsonNode relayYaml(Rendering rendering) {
        return Yaml.tree(rendering.configuration().data().getOrDefault("relay.yaml", ""));
    }

    @Test
    void imagesComeFromWhereTheyShould() {
        assertThat(minimal("").workload().relay().path("image").asString())
                .isEqualTo("ghcr.io/iotda-relay/iotda-relay:0.1.0");
        assertThat(minimal("image: { tag: \"7\" }")
                        .workload()
                        .relay()
                        .path("image")
                        .asString())
                .isEqualTo("ghcr.io/iotda-relay/iotda-relay:7");
        assertThat(render("air-gapped", "").workload().relay().path("image").asString())
                .startsWith("registry.internal:5000/mirror/iotda-relay@sha256:");
        assertThat(minimal("image: { registry: \"\", repository: registry.internal:5000/relay }")
                        .workload()
                        .relay()
                        .path("image")
                        .asString())
                .isEqualTo("registry.internal:5000/relay:0.1.0");
    }

    /** What is mounted only may have a longer name than what becomes a label. */
    @Test
    void namesStayShortEnough() {
        Rendering rendering = render(
                "everything", "fullnameOverride: a-name-that-is-much-longer-than-what-kubernetes-takes-for-a-label");

        assertThat(rendering.manifests())
                .allSatisfy(manifest -> assertThat(manifest.name())
                        .hasSizeLessThanOrEqualTo(List.of("ConfigMap", "Secret").contains(manifest.kind()) ? 253 : 63)
                        .doesNotEndWith("-"));
    }

    /** Each, and null where it is the usual way to say "none". */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resources: { limits: { cpu: null } }                       | limits   | cpu",
                "resources: { requests: { cpu: null, memory: null } }       | requests | cpu",
                "{ preset: none, resources: { limits: { cpu: null } } }     | limits   | cpu",
            })
    void nullTakesAQuantityAway(String values, String kind, String quantity) {
        JsonNode resources = minimal(values).workload().relay().path("resources");

        assertThat(resources.path(kind).has(quantity)).isFalse();
        assertThat(resources.findValues("cpu")).noneMatch(JsonNode::isNull);
    }

    /** Or it would count all those of the node, and size threads and buffers for them. */
    @ParameterizedTest
    @CsvSource({"small, 1", "medium, 2", "large, 4"})
    void withoutALimitTheProcessorsAreThoseOfThePreset(String preset, int processors) {
        String options = variable(
                        minimal("{ preset: " + preset + ", resources: { limits: { cpu: null } } }"), "JDK_JAVA_OPTIONS")
                .path("value")
                .asString();

        assertThat(options).contains("-XX:ActiveProcessorCount=" + processors);
        assertThat(variable(minimal("preset: " + preset), "JDK_JAVA_OPTIONS")
                        .path("value")
                        .asString())
                .doesNotContain("ActiveProcessorCount");
    }

    /** 70 % of what a pod may use, in percent of what it requests. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "small  | {}                                                      | 280",
                "medium | {}                                                      | 140",
                "large  | {}                                                      | 140",
                "small  | { limits: { cpu: null } }                               | 280",
                "small  | { requests: { cpu: 500m }, limits: { cpu: 2 } }         | 280",
                "none   | { requests: { cpu: 0.5 } }                              | 70",
                "none   | { limits: { cpu: 0.5 } }                                | 70",
                "none   | { requests: { cpu: 0.5 }, limits: { cpu: '1.5' } }      | 210",
            })
    void theTargetOfCpuFitsTheSize(String preset, String resources, int target) {
        Rendering rendering =
                minimal("preset: %s\nresources: %s\nautoscaling: { enabled: true }".formatted(preset, resources));

        assertThat(rendering
                        .the("HorizontalPodAutoscaler")
                        .at("/spec/metrics/0/resource/target/averageUtilization")
                        .asInt())
                .isEqualTo(target);
    }

    /** Files that a group may read, when there is one; otherwise nobody but root could. */
    @Test
    void mountedFilesAreForTheGroupOnly() {
        assertThat(modes(render("existing-secrets", ""))).hasSize(6).containsOnly(0440);
        assertThat(modes(render("everything", ""))).hasSize(7).containsOnly(0440);
        assertThat(modes(render("restricted-namespace", ""))).hasSize(2).containsOnly(0444);
    }

    @Test
    void theKeysOfTokensAreMountedAndFound() {
        RelayYaml configuration = RelayYaml.of(
                minimal("{ tokenKeys: { existingSecret: keys }, relay: { tokens: { store: topic, key: 2026-11 } } }"));

        assertThat(configuration.value("relay.tokens.keys")).isEqualTo("file:/etc/iotda-relay/token-keys");
        assertThat(configuration.value("relay.tokens.key")).isEqualTo("2026-11");
        assertThat(configuration.has("relay.tokens.max-devices"))
                .as("the preset's")
                .isTrue();
        assertThat(RelayYaml.of(minimal("{ tokenKeys: { existingSecret: keys }, relay: { tokens: { keys: /else } } }"))
                        .value("relay.tokens.keys"))
                .isEqualTo("/else");
        assertThat(RelayYaml.of(minimal("")).has("relay.tokens.keys")).isFalse();
    }

    /** Kubernetes may show a new device to a pod only after 90 seconds; IotdaRelayPartitionStagnant waits for 120. */
    @Test
    void aMountedDirectoryMayBeBehind() {
        assertThat(RelayYaml.of(minimal("")).value("relay.devices.unknown-grace"))
                .isEqualTo("110s");
        assertThat(RelayYaml.of(render("device-topic", "")).value("relay.devices.unknown-grace"))
                .isEqualTo("1m");
        assertThat(RelayYaml.of(minimal("relay: { devices: { unknown-grace: 5s } }"))
                        .value("relay.devices.unknown-grace"))
                .isEqualTo("5s");
        RelayYaml.of(minimal("")).check();
    }

    @Test
    void theRelaysOwnLevelOfLoggingIsAValue() {
        assertThat(RelayYaml.of(minimal("logging: { level: debug }")).value("logging.level.io.iotdarelay"))
                .isEqualTo("debug");
        assertThat(RelayYaml.of(minimal("logging: { level: debug }\nconfig: { logging.level.io.iotdarelay: warn }"))
                        .has("logging.level.io.iotdarelay"))
                .isTrue();
    }

    @Test
    void everythingIsInTheNamespaceThatReplacesTheReleases() {
        Rendering rendering = minimal("namespaceOverride: other");

        assertThat(rendering.manifests())
                .allSatisfy(manifest -> assertThat(
                                manifest.at("/metadata/namespace").asString())
                        .isEqualTo("other"));
    }

    @Test
    void oneTextIsAListOfOne() {
        Rendering rendering = minimal("""
                keda: { enabled: true }
                relay:
                  registry: { url: "https://a:8081, https://b:8082" }
                  routes: [{ name: a, topics: "x,y", to: message, device-id: key }]
                networkPolicy: { egress: { registry: { anywhere: true } } }
                """);

        assertThat(rendering.the("ScaledObject").at("/spec/triggers"))
                .extracting(trigger -> trigger.at("/metadata/topic").asString())
                .containsExactly("x", "y");
        RelayYaml.of(rendering).check();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "minimal  | kafka: { groupId: a }                     | PLAINTEXT sends all telemetry in the clear",
                "minimal  | networkPolicy: { enabled: false }         | No network policy: networkPolicy.enabled is false",
                "minimal  | config: { server.ssl.bundle: relay }      | curl -k https://localhost:8080/actuator/health",
                "minimal  | namespaceOverride: other                  | kubectl -n other rollout status",
                "https    | ingress: { tls: [] }                      | The ingress has no TLS",
            })
    void theNotesSayWhatToThinkOf(String setup, String values, String note, @TempDir Path copy) {
        Chart complete = Chart.withHooksAndNotes(copy);

        assertThat(notes(complete.render(Setup.named(setup).values(), values))).contains(note);
        assertThat(notes(complete.render(Setup.named("sasl-tls").values())))
                .doesNotContain(note)
                .contains(complete.render(Setup.named("sasl-tls").values())
                        .configuration()
                        .name());
    }

    private static String notes(Rendering rendering) {
        return rendering.the("Notes").at("/text").asString();
    }

    @Test
    void thePodOfTheTestRunsWhereItMay(@TempDir Path copy) {
        Manifest pod = Chart.withHooksAndNotes(copy)
                .render(Setup.named("air-gapped").values())
                .the("Pod");

        assertThat(pod.at("/spec/containers/0/image").asString())
                .startsWith("registry.internal:5000/mirror/curl@sha256:89abcdef");
        assertThat(pod.at("/spec/nodeSelector/kubernetes.io~1arch").asString()).isEqualTo("amd64");
        assertThat(pod.at("/spec/tolerations/0/key").asString()).isEqualTo("telemetry");
    }

    private Rendering minimal(String more) {
        return render("minimal", more);
    }

    private Rendering render(String setup, String more) {
        return chart.render(Setup.named(setup).values(), more);
    }

    private static JsonNode podSpec(Rendering rendering) {
        return rendering.workload().podSpec();
    }

    private static List<Integer> modes(Rendering rendering) {
        return podSpec(rendering)
                .path("volumes")
                .valueStream()
                .flatMap(volume -> Stream.of(volume.path("secret"), volume.path("configMap")))
                .filter(source -> source.has("defaultMode"))
                .map(source -> source.path("defaultMode").asInt())
                .toList();
    }

    private static JsonNode variable(Rendering rendering, String name) {
        for (JsonNode variable : rendering.workload().relay().path("env")) {
            if (variable.path("name").asString().equals(name)) {
                return variable;
            }
        }
        throw new AssertionError("there is no variable " + name);
    }

    /** Every file that volumes with items put into the relay's container, and the directories: all of one may be read. */
    private static List<String> mountedFiles(Rendering rendering) {
        List<String> files = new ArrayList<>();
        for (JsonNode mount : rendering.workload().relay().path("volumeMounts")) {
            files.add(mount.path("mountPath").asString());
            for (JsonNode volume : podSpec(rendering).path("volumes")) {
                if (volume.path("name").equals(mount.path("name"))) {
                    volume.at("/secret/items")
                            .forEach(item -> files.add(mount.path("mountPath").asString() + "/"
                                    + item.path("path").asString()));
                }
            }
        }
        return files;
    }

    private static void assertCredentialsAreMounted(Rendering rendering) {
        RelayYaml configuration = RelayYaml.of(rendering);
        assertThat(configuration.kafka().getProperties())
                .containsEntry("sasl.client.callback.handler.class", MountedCredentials.class.getName());
        assertThat(jaasOptions(configuration).keySet()).containsExactlyInAnyOrder("usernameFile", "passwordFile");
        assertThat(mountedFiles(rendering))
                .containsAll(jaasOptions(configuration).values().stream()
                        .map(String::valueOf)
                        .toList());
        new MountedCredentials()
                .configure(Map.of(), "PLAIN", List.copyOf(jaas(configuration).configurationEntries()));
    }

    private static Map<String, Object> jaasOptions(RelayYaml configuration) {
        return Map.copyOf(jaas(configuration).configurationEntries().getFirst().getOptions());
    }

    private static JaasContext jaas(RelayYaml configuration) {
        String line = configuration.kafka().getProperties().getOrDefault("sasl.jaas.config", "");
        return JaasContext.loadClientContext(Map.of(SaslConfigs.SASL_JAAS_CONFIG, new Password(line)));
    }

    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }
}
