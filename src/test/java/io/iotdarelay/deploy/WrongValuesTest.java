package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before anything is installed, and with which message. */
class WrongValuesTest {

    private static final Path MINIMAL = Setup.named("minimal").values();

    /** By the schema. Helm puts the place before what is wrong there. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        foo: 1                                                          | "" | additional properties 'foo' not allowed
        preset: tiny                                                    | /preset | value must be one of 'small', 'medium', 'large', 'none'
        kind: DaemonSet                                                 | /kind | value must be one of 'Deployment', 'StatefulSet'
        replicaCount: two                                               | /replicaCount | got string, want integer
        replicaCount: -1                                                | /replicaCount | minimum: got -1, want 0
        jvm: { maxRamPercentage: 95 }                                   | /jvm/maxRamPercentage | maximum: got 95, want 80
        image: { tag: 7 }                                               | /image/tag | got number, want string
        image: { digest: "sha256:abc" }                                 | /image/digest | 'sha256:abc' does not match pattern
        image: { pullPolicy: Sometimes }                                | /image/pullPolicy | value must be one of 'Always', 'IfNotPresent', 'Never'
        kafka: { bootstrapServer: a }                                   | /kafka | additional properties 'bootstrapServer' not allowed
        kafka: { bootstrapServers: [a] }                                | /kafka/bootstrapServers | got array, want string
        kafka: { security: { protocol: TLS } }                          | /kafka/security/protocol | value must be one of 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'
        kafka: { sasl: { mechanism: GSSAPI } }                          | /kafka/sasl/mechanism | value must be one of '', 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'
        kafka: { sasl: { password: 12345 } }                            | /kafka/sasl/password | got number, want string
        kafka: { tls: { trust: { existingSecret: Big_Name } } }         | /kafka/tls/trust/existingSecret | 'Big_Name' does not match pattern
        devices: { key: devices.txt }                                   | /devices/key | 'devices.txt' does not match pattern
        relay: { sources: {} }                                          | /relay | additional properties 'sources' not allowed
        relay: { source: { drain-timout: 1s } }                         | /relay/source | additional properties 'drain-timout' not allowed
        relay: { source: { drainTimeout: 1s } }                         | /relay/source | additional properties 'drainTimeout' not allowed
        "relay: { routes: [{ name: a, to: property }] }"                | /relay/routes/0/to | value must be one of 'properties', 'message', 'gateway'
        "relay: { routes: [{ name: a, topic: x }] }"                    | /relay/routes/0 | additional properties 'topic' not allowed
        relay: { routes: { name: a } }                                  | /relay/routes | got object, want array
        terminationGracePeriodSeconds: 30s                              | /terminationGracePeriodSeconds | got string, want null or integer
        readinessProbe: { httpGet: {} }                                 | /readinessProbe | additional properties 'httpGet' not allowed
        commonLabels: { a: 1 }                                          | /commonLabels/a | got number, want string
        extraEnv: { A: b }                                              | /extraEnv | got object, want array
        networkPolicy: { egress: { kafka: { ports: [99999] } } }        | /networkPolicy/egress/kafka/ports/0 | maximum: got 99,999, want 65,535
        networkPolicy: { egress: { iotda: { cidrs: [platform.example] } } } | /networkPolicy/egress/iotda/cidrs/0 | 'platform.example' does not match pattern
        opentelemetry: { endpoint: "collector:4318" }                   | /opentelemetry/endpoint | 'collector:4318' does not match pattern
        opentelemetry: { endpoint: "http://collector:4318/v1/traces" }  | /opentelemetry/endpoint | 'http://collector:4318/v1/traces' does not match pattern
        opentelemetry: { samplingProbability: 10 }                      | /opentelemetry/samplingProbability | maximum: got 10, want 1
        logging: { format: json }                                       | /logging/format | value must be one of 'text', 'ecs', 'logstash', 'gelf'
        serviceMonitor: { interval: 30 }                                | /serviceMonitor/interval | got number, want string
        keda: { maxReplicas: 3 }                                        | /keda | additional properties 'maxReplicas' not allowed
        prometheusRule: { runbookUrl: docs }                            | /prometheusRule/runbookUrl | 'docs' does not match pattern '^https?://'
        service: { port: http }                                         | /service/port | got string, want integer
        image: { registry: "https://ghcr.io" }                          | /image/registry | 'https://ghcr.io' does not match pattern
        tests: { image: { digest: "sha256:abc" } }                      | /tests/image/digest | 'sha256:abc' does not match pattern
        tests: { tolerations: {} }                                      | /tests/tolerations | got object, want array
        jvm: { maxDirectMemorySize: 96 }                                | /jvm/maxDirectMemorySize | got number, want string
        logging: { level: verbose }                                     | /logging/level | value must be one of '', 'error', 'warn', 'info', 'debug', 'trace'
        ingress: { hosts: [a] }                                         | /ingress/hosts/0 | got string, want object
        podMonitor: { scheme: HTTPS }                                   | /podMonitor/scheme | value must be one of '', 'http', 'https'
        networkPolicy: { ingress: { from: [] } }                        | /networkPolicy/ingress | additional properties 'from' not allowed
        existingConfigMap: Big_Name                                     | /existingConfigMap | 'Big_Name' does not match pattern
        namespaceOverride: Big_Name                                     | /namespaceOverride | 'Big_Name' does not match pattern
        """)
    void theSchemaRefuses(String values, String place, String message) {
        assertThat(Chart.original().refusal(MINIMAL, values)).contains("at '" + place + "': " + message);
    }

    /** By the chart itself: what takes two values to be wrong. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        relay: { iotda: { endpoint: "" } }                              | relay.iotda.endpoint: is required: the device-side HTTPS address of the IoTDA instance
        relay: { iotda: { endpoint: http://platform.example } }         | must be https://HOST or https://HOST:PORT, with nothing after it
        relay: { routes: [] }                                           | relay.routes: at least one route is required, or relay.mapping
        relay: { mapping: "file:/mapping.yaml" }                        | relay.mapping: excludes relay.routes
        "relay: { routes: [{ name: a, services: [{ id: S, properties: { x: /x, y: /y } }] }] }" | relay.routes[0].services[0].properties: a name such as y, n, on, off, yes or no must be quoted; without quotes YAML reads it as true
        "relay: { routes: [{ name: a }, { services: [{ id: S }, { id: T, properties: { No: /no } }] }] }" | relay.routes[1].services[1].properties: a name such as y, n, on, off, yes or no must be quoted; without quotes YAML reads it as false
        devices: { existingSecret: "" }                                 | devices: a source of devices is required: devices.existingSecret, devices.content, or relay.devices.topic
        devices: { content: x }                                         | devices: content and existingSecret exclude each other
        relay: { tokens: { store: topic, key: a } }                     | tokenKeys.existingSecret: is required with relay.tokens.store: topic
        kafka: { bootstrapServers: "" }                                 | kafka.bootstrapServers: is required
        kafka: { bootstrapServers: kafka }                              | must be HOST:PORT, or several separated by commas without blanks
        kafka: { bootstrapServers: "a:1, b:2" }                         | must be HOST:PORT, or several separated by commas without blanks
        kafka: { security: { protocol: SASL_SSL } }                     | kafka.sasl.mechanism: is required with SASL_SSL
        kafka: { security: { protocol: SASL_SSL } }                     | kafka.sasl: existingSecret, or username and password, are required
        kafka: { sasl: { mechanism: PLAIN } }                           | kafka.sasl: has no effect with kafka.security.protocol PLAINTEXT
        kafka: { security: { protocol: SASL_SSL }, sasl: { mechanism: PLAIN, existingSecret: a, password: b } } | kafka.sasl: username and password exclude existingSecret
        kafka: { tls: { trust: { existingSecret: ca } } }               | kafka.tls: has no effect with kafka.security.protocol PLAINTEXT
        kafka: { security: { protocol: SSL }, tls: { identity: { certificate: x } } } | kafka.tls.identity: certificate and privateKey belong together
        kafka: { security: { protocol: SSL }, tls: { trust: { certificates: x, existingSecret: ca } } } | kafka.tls.trust: certificates and existingSecret exclude each other
        kafka: { security: { protocol: SSL }, tls: { type: JKS, trust: { certificates: x } } } | kafka.tls.type: JKS comes from existing Secrets only
        kafka: { groupProtocol: consumer, sessionTimeout: 45000 }       | kafka.sessionTimeout: belongs to the broker with groupProtocol consumer
        iotda: { trust: { certificates: x, existingSecret: ca } }       | iotda.trust: certificates and existingSecret exclude each other
        operator: { password: x, existingSecret: other }                | operator: password and existingSecret exclude each other
        operator: { password: "a${b}" }                                 | operator.password: must not contain ${, which Spring would replace
        "{ autoscaling: { enabled: true }, keda: { enabled: true } }"   | autoscaling.enabled: excludes keda.enabled
        autoscaling: { enabled: true, minReplicas: 9 }                  | autoscaling.minReplicas: must not exceed maxReplicas
        autoscaling: { enabled: true, targetCPUUtilizationPercentage: 0 } | autoscaling: a target or a metric is required
        keda: { enabled: true, minReplicaCount: 9 }                     | keda.minReplicaCount: must not exceed maxReplicaCount
        "{ keda: { enabled: true }, relay: { routes: [{ name: all, topic-pattern: .* }] } }" | keda.topics: is required, since route all has a topic-pattern
        "{ keda: { enabled: true }, relay: { routes: [], mapping: file:/mapping.yaml } }" | keda.topics: is required, since the topics of relay.mapping are not in the values
        "{ keda: { enabled: true }, kafka: { security: { protocol: SSL }, tls: { type: JKS, trust: { existingSecret: a } } } }" | keda.authenticationRef: is required with kafka.tls.type JKS
        "{ serviceMonitor: { enabled: true }, podMonitor: { enabled: true } }" | serviceMonitor.enabled: excludes podMonitor.enabled
        config: { spring.kafka.ssl.key-password: hunter2 }              | config.spring.kafka.ssl.key-password: is a secret, and would be readable in the ConfigMap
        config: { spring: { kafka: { properties: { sasl.jaas.config: "x required password='hunter2';" } } } } | config.spring.kafka.properties.sasl.jaas.config: is a secret
        config: { spring: { config: { import: ["optional:https://u:hunter2@host/"] } } } | config.spring.config.import[0]: is a secret
        "config: { spring.ssl.bundle.pem.a.keystore.private-key: '-----BEGIN PRIVATE KEY-----' }" | config.spring.ssl.bundle.pem.a.keystore.private-key: is a secret
        relay: { registry: { password: hunter2 } }                      | relay.registry.password: is a secret, and would be readable in the ConfigMap: keep it in a Secret, name that in extraEnv, and write ${NAME} here
        relay: { platform: { secret-key: hunter2 } }                    | relay.platform.secret-key: is a secret, and would be readable in the ConfigMap: keep it in a Secret, name that in extraEnv, and write ${NAME} here
        config: { spring.kafka.ssl.key-password: "${KP:hunter2}" }      | config.spring.kafka.ssl.key-password: is a secret
        config: { spring.kafka.ssl.key-password: "pre${x}" }            | config.spring.kafka.ssl.key-password: is a secret
        config: { spring.kafka.ssl.key-password: "${x}fix" }            | config.spring.kafka.ssl.key-password: is a secret
        config: { spring.kafka.ssl.key-password: "${x:${y:hunter2}}" }  | config.spring.kafka.ssl.key-password: is a secret
        config: { spring.kafka.ssl.key-password: '\\${x}' }              | config.spring.kafka.ssl.key-password: is a secret
        config: { a: "x required password='${KP:hunter2}';" }           | config.a: is a secret
        config: { a: "x required password='${x}fix';" }                 | config.a: is a secret
        config: { a: "x required clientSecret=${x}fix;" }               | config.a: is a secret
        config: { a: "x required password='pre${x}';" }                 | config.a: is a secret
        config: { a: "https://u:${P:hunter2}@host/" }                   | config.a: is a secret
        config: { a: "https://u:pre${P}fix@host/" }                     | config.a: is a secret
        config: { server.port: 0 }                                      | config.server.port: "0" must be a number from 1 to 65535
        config: { management.server.port: -1 }                          | config.management.server.port: "-1" must be a number from 1 to 65535
        config: { server: { port: "${PORT}" } }                         | config.server.port: "${PORT}" must be a number from 1 to 65535
        config: { server.ssl.client-auth: need }                        | config.server.ssl.client-auth: need is not supported: the kubelet's probes have no certificate
        config: { management.server.base-path: /m }                     | config.management.server.base-path: is not supported
        ingress: { enabled: true }                                      | ingress.hosts: at least one is required
        ingress: { enabled: true, hosts: [{ host: a }] }                | networkPolicy.ingress.controller: name the ingress controller in from, or set anywhere: true
        podMonitor: { enabled: true }                                   | networkPolicy.ingress.monitoring: name Prometheus in from, or set anywhere: true
        networkPolicy: { egress: { kafka: { anywhere: false } } }       | networkPolicy.egress.kafka: name the brokers in to, or set anywhere: true
        networkPolicy: { egress: { iotda: { anywhere: false } } }       | networkPolicy.egress.iotda: name the platform in cidrs, or set anywhere: true
        networkPolicy: { egress: { dns: { to: [] } } }                  | networkPolicy.egress.dns: name the DNS servers in to, or set anywhere: true
        networkPolicy: { egress: { dns: { ports: [] } } }               | networkPolicy.egress.dns.ports: is required
        networkPolicy: { egress: { dns: { ports: null } } }             | networkPolicy.egress.dns.ports: is required
        networkPolicy: { egress: { kafka: { to: [{ podSelector: {} }] } } } | networkPolicy.egress.kafka: to and anywhere exclude each other
        relay: { registry: { url: "https://a" } }                       | networkPolicy.egress.registry: name the schema registry of relay.registry.url in to, or set anywhere: true
        opentelemetry: { endpoint: "http://a:4318" }                    | networkPolicy.egress.opentelemetry: name the collector of opentelemetry.endpoint in to, or set anywhere: true
        config: { relay: { iotda: { proxy: { host: a, port: 1 } } } }   | networkPolicy.egress.proxy: name the proxy of relay.iotda.proxy in to, or set anywhere: true
        "{ relay: { iotda: { proxy: { host: a, port: 1, no-proxy: .example } } }, networkPolicy: { egress: { iotda: { anywhere: false }, proxy: { anywhere: true } } } }" | networkPolicy.egress.iotda: name the platform, which relay.iotda.proxy.no-proxy may exempt, in cidrs, or set anywhere: true
        "{ config: { relay: { iotda: { proxy: { host: a, port: 1, no-proxy: [b, c] } } } }, networkPolicy: { egress: { iotda: { anywhere: false } } } }" | networkPolicy.egress.proxy: name the proxy of relay.iotda.proxy in to, or set anywhere: true
        "{ config: { relay: { iotda: { proxy: { host: a, port: 1, no-proxy: [b, c] } } } }, networkPolicy: { egress: { iotda: { anywhere: false } } } }" | networkPolicy.egress.iotda: name the platform, which
        relay: { platform: { endpoint: "https://a" } }                  | networkPolicy.egress.platform: name the host of relay.platform in cidrs, or set anywhere: true
        relay: { platform: { endpoint: "https://a", proxy: { host: b, port: 1 } } } | networkPolicy.egress.proxy: name the proxy of relay.platform.proxy in to, or set anywhere: true
        config: { relay: { iotda: { proxy: { host: a } } } }            | networkPolicy.egress.proxy.ports: is required, since the values do not say the port
        image: { repository: registry.example.com/iot/iotda-relay }     | image.repository: begins with the registry registry.example.com, and image.registry is "ghcr.io": name it there, or set that to ""
        image: { repository: localhost/iotda-relay }                    | image.repository: begins with the registry localhost
        image: { registry: mirror, repository: "registry:5000/iotda-relay" } | image.repository: begins with the registry registry:5000, and image.registry is "mirror"
        tests: { image: { repository: registry.example.com/curl } }     | tests.image.repository: begins with the registry registry.example.com, and tests.image.registry is "docker.io"
        existingConfigMap: mine                                         | relay.routes: has no effect with existingConfigMap
        "{ existingConfigMap: mine, keda: { enabled: true } }"          | keda.topics: is required with existingConfigMap
        minReadySeconds: 15                                             | minReadySeconds: 15 must exceed the 15 seconds (periodSeconds times failureThreshold) that readinessProbe takes to notice an unready pod
        readinessProbe: { periodSeconds: 20 }                           | minReadySeconds: 30 must exceed the 60 seconds
        readinessProbe: { periodSeconds: null, failureThreshold: null } | minReadySeconds: 30 must exceed the 30 seconds
        terminationGracePeriodSeconds: 10                               | terminationGracePeriodSeconds: 10 is shorter than relay.source.drain-timeout, 20s
        relay: { source: { drain-timeout: "${DRAIN}" } }                | terminationGracePeriodSeconds: is required, since relay.source.drain-timeout "${DRAIN}" is not of the form
        """)
    void theChartRefuses(String values, String message) {
        assertThat(Chart.original().refusal(MINIMAL, values)).contains("Invalid values:", "- ", message);
    }

    /** Names of properties are no keys of a configuration, and what comes from a variable or a file is no secret. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "relay: { routes: [{ name: a, topics: [t], to: properties, device-id: key, services: [{ id: S, properties: { token: /t, password: /p } }] }] }",
                "config: { spring.kafka.ssl.key-password: \"${KEY_PASSWORD}\" }",
                "config: { spring: { kafka: { properties: { sasl.jaas.config: \"x required password='${PASSWORD}';\" } } } }",
                "config: { spring.kafka.ssl.key-password: \"${KEY_PASSWORD:}\" }",
                "config: { spring.kafka.ssl.key-password: \"${A:${B}}\" }",
                "config: { a: \"x required password=${PASSWORD} user=a;\" }",
                "config: { a: \"x required username='a' password=\\\"${PASSWORD:}\\\";\" }",
                "config: { a: \"https://${U}:${P}@host:8080/a\" }",
                "config: { relay: { registry: { password-file: /etc/registry/password } } }",
                "config: { spring.ssl.bundle.pem.a.keystore.private-key: file:/etc/tls/tls.key }",
            })
    void whatIsNoSecretIsTaken(String values) {
        assertThat(Chart.original().render(MINIMAL, values).workload()).isNotNull();
    }

    /** Only what is in front of a slash can be a registry. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        { registry: "", repository: registry.example.com/iotda-relay } | registry.example.com/iotda-relay:
        { registry: "", repository: "localhost:5000/iotda-relay" }     | localhost:5000/iotda-relay:
        { registry: mirror, repository: iotda.relay }                  | mirror/iotda.relay:
        { registry: mirror, repository: iot/iotda.relay }              | mirror/iot/iotda.relay:
        """)
    void aRegistryIsNamedOnce(String image, String name) {
        assertThat(Chart.original()
                        .render(MINIMAL, "image: " + image)
                        .workload()
                        .relay()
                        .path("image")
                        .asString())
                .startsWith(name);
    }

    @Test
    void allErrorsAreReportedAtOnce() {
        String refusal = Chart.original().refusal(MINIMAL, """
                relay: { iotda: { endpoint: "" }, routes: [] }
                kafka: { bootstrapServers: "" }
                devices: { existingSecret: "" }
                """);

        assertThat(refusal.lines().filter(line -> line.startsWith("- "))).hasSize(5);
    }

    @Test
    void aPasswordIsNeverRepeated() {
        String refusal = Chart.original().refusal(MINIMAL, """
                kafka: { sasl: { password: the-very-secret } }
                operator: { password: "the-very-secret-${too}" }
                config: { a: { password: the-very-secret }, b: "https://u:the-very-secret@host" }
                """);

        assertThat(refusal)
                .contains("kafka.sasl", "operator.password", "config.a.password", "config.b")
                .doesNotContain("the-very-secret");
    }
}
