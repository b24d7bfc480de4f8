package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        minReadySeconds: 15                                             | minReadySeconds: 15 must exceed the 15 seconds (periodSeconds times failureThreshold) that readinessProbe takes to notice an unready pod
        readinessProbe: { periodSeconds: 20 }                           | minReadySeconds: 30 must exceed the 60 seconds
        readinessProbe: { periodSeconds: null, failureThreshold: null } | minReadySeconds: 30 must exceed the 30 seconds
        terminationGracePeriodSeconds: 10                               | terminationGracePeriodSeconds: 10 is shorter than relay.source.drain-timeout, 20s
        relay: { source: { drain-timeout: "${DRAIN}" } }                | terminationGracePeriodSeconds: is required, since relay.source.drain-timeout "${DRAIN}" is not of the form
        """)
    void theChartRefuses(String values, String message) {
        assertThat(Chart.original().refusal(MINIMAL, values)).contains("Invalid values:", "- ", message);
    }

    @Test
    void allErrorsAreReportedAtOnce() {
        String refusal = Chart.original().refusal(MINIMAL, """
                relay: { iotda: { endpoint: "" }, routes: [] }
                kafka: { bootstrapServers: "" }
                devices: { existingSecret: "" }
                """);

        assertThat(refusal.lines().filter(line -> line.startsWith("- "))).hasSize(4);
    }

    @Test
    void aPasswordIsNeverRepeated() {
        String refusal = Chart.original().refusal(MINIMAL, """
                kafka: { sasl: { password: the-very-secret } }
                operator: { password: "the-very-secret-${too}" }
                """);

        assertThat(refusal).contains("kafka.sasl", "operator.password").doesNotContain("the-very-secret");
    }
}
