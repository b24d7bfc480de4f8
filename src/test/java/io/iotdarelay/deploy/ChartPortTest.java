package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Probes, monitors, Service, Ingress and test find the relay's port, wherever the configuration puts it. */
class ChartPortTest {

    @TempDir
    private Path copy;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                              | 8080 | http",
                "{ server.port: 9000 }                                           | 9000 | http",
                "{ server: { port: 9000 } }                                      | 9000 | http",
                "{ management.server.port: 9001 }                                | 9001 | http",
                "{ management: { server: { port: 9001 } }, server.port: 9000 }   | 9001 | http",
                "{ management: { server.port: 9000 }, server: { port: 9000 } }   | 9000 | http",
                "{ server.ssl.bundle: relay }                                    | 8080 | https",
                "{ server: { ssl: { bundle: relay, enabled: false } } }          | 8080 | http",
                "{ server.ssl.bundle: relay, management.server.port: 9001 }      | 9001 | https",
                "{ server.ssl.bundle: relay, management: { server: { port: 9001, ssl: { enabled: false } } } } | 9001 | http",
                "{ management.server: { port: 9001, ssl: { bundle: relay } } }   | 9001 | https",
            })
    void everyoneKnowsThePort(String config, int port, String scheme) {
        Rendering rendering =
                Chart.withHooksAndNotes(copy).render(Setup.named("minimal").values(), """
                config: %s
                podMonitor: { enabled: true }
                networkPolicy: { ingress: { monitoring: { anywhere: true } } }
                """.formatted(config));

        JsonNode relay = rendering.workload().relay();
        assertThat(relay.at("/ports/0/containerPort").asInt()).isEqualTo(port);
        assertThat(Stream.of("startupProbe", "readinessProbe", "livenessProbe")
                        .map(probe -> relay.path(probe).at("/httpGet/scheme").asString("HTTP")))
                .containsOnly(scheme.toUpperCase(java.util.Locale.ROOT));
        assertThat(rendering
                        .the("PodMonitor")
                        .at("/spec/podMetricsEndpoints/0/scheme")
                        .asString("http"))
                .isEqualTo(scheme);
        assertThat(rendering
                        .the("Service", "relay-iotda-relay")
                        .at("/spec/ports/0/targetPort")
                        .asString())
                .isEqualTo("http");
        List<String> arguments = rendering
                .the("Pod")
                .at("/spec/containers/0/args")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
        assertThat(arguments)
                .contains(scheme + "://relay-iotda-relay:8080/actuator/health/readiness")
                .matches(all -> all.contains("--insecure") == scheme.equals("https"));
    }

    @Test
    void aScrapeMayHaveTlsAndAUserOfItsOwn() {
        JsonNode endpoint = render("https", "").the("PodMonitor").at("/spec/podMetricsEndpoints/0");

        assertThat(endpoint.path("scheme").asString()).isEqualTo("https");
        assertThat(endpoint.at("/tlsConfig/serverName").asString()).isEqualTo("relay.example");
        assertThat(endpoint.at("/basicAuth/username/name").asString()).isEqualTo("scraper");
        assertThat(render("https", "")
                        .the("PodMonitor")
                        .at("/spec/podTargetLabels/0")
                        .asString())
                .isEqualTo("app.kubernetes.io/version");
    }

    @Test
    void aProxyInFrontMaySpeakAnotherScheme() {
        Manifest monitor = render(
                        "statefulset", "serviceMonitor: { scheme: https, tlsConfig: { insecureSkipVerify: true } }")
                .the("ServiceMonitor");

        assertThat(monitor.at("/spec/endpoints/0/scheme").asString()).isEqualTo("https");
        assertThat(monitor.at("/spec/endpoints/0/tlsConfig/insecureSkipVerify").asBoolean(false))
                .isTrue();
    }

    @Test
    void anIngressLeadsToTheEndpoints() {
        Manifest ingress = render("https", "").the("Ingress");

        assertThat(ingress.at("/spec/ingressClassName").asString()).isEqualTo("nginx");
        assertThat(ingress.at("/spec/rules/0/host").asString()).isEqualTo("relay.example");
        assertThat(ingress.at("/spec/rules/0/http/paths/0/path").asString()).isEqualTo("/actuator");
        assertThat(ingress.at("/spec/tls/0/secretName").asString()).isEqualTo("relay-tls");
        assertThat(render("minimal", "").all("Ingress")).isEmpty();
    }

    @Test
    void pathsOfAnIngressMayBeNamed() {
        Manifest ingress = render(
                        "https",
                        "ingress: { hosts: [{ host: a, paths: [{ path: /actuator/health, pathType: Exact }] }] }")
                .the("Ingress");

        assertThat(ingress.at("/spec/rules/0/http/paths/0/pathType").asString()).isEqualTo("Exact");
    }

    private static Rendering render(String setup, String more) {
        return Chart.original().render(Setup.named(setup).values(), more);
    }
}
