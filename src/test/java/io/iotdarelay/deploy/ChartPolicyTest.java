package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Who may reach the relay, and whom it may reach: what is named, and nobody else. */
class ChartPolicyTest {

    private static final String NAMESPACE = "/namespaceSelector/matchLabels/kubernetes.io~1metadata.name";

    private final Chart chart = Chart.original();

    @Test
    void allowsTheEgressThatTheRelayNeeds() {
        JsonNode egress = policy("everything", "").at("/spec/egress");

        assertThat(ports(egress.path(0))).containsExactly(9094, 9095);
        assertThat(egress.at("/0/to/0/ipBlock/cidr").asString()).isEqualTo("198.51.100.0/24");
        assertThat(ports(egress.path(1))).containsExactly(443);
        assertThat(egress.at("/1/to/0/ipBlock/cidr").asString()).isEqualTo("203.0.113.0/24");
        assertThat(ports(egress.path(2))).containsExactly(4318);
        assertThat(egress.at("/2/to/0" + NAMESPACE).asString()).isEqualTo("observability");
        assertThat(ports(egress.path(3))).containsExactly(53, 53, 5353, 5353);
        assertThat(egress.at("/3/to/0" + NAMESPACE).asString()).isEqualTo("kube-system");
        assertThat(ports(egress.path(4))).as("the other replicas").containsExactly(8080);
        assertThat(ports(egress.path(5))).containsExactly(3128);
        assertThat(egress).hasSize(6);
    }

    @Test
    void isOnUnlessItIsTurnedOff() {
        assertThat(minimal("").all("NetworkPolicy")).hasSize(1);
        assertThat(minimal("networkPolicy: { enabled: false }").all("NetworkPolicy"))
                .isEmpty();
    }

    @Test
    void isOpenOnlyWhereThatIsSaid() {
        JsonNode egress = policy("minimal", "").at("/spec/egress");

        assertThat(ports(egress.path(0))).containsExactly(9092);
        assertThat(egress.path(0).has("to")).isFalse();
        assertThat(egress.path(1).has("to")).isFalse();
        assertThat(egress.at("/2/to")).hasSize(1);
        assertThat(egress.at("/3/to")).hasSize(1);
        assertThat(egress).hasSize(4);
    }

    @Test
    void asksAnyDnsServerIfThatIsSaid() {
        JsonNode dns = policy("minimal", "networkPolicy: { egress: { dns: { anywhere: true } } }")
                .at("/spec/egress/2");

        assertThat(ports(dns)).containsExactly(53, 53, 5353, 5353);
        assertThat(dns.has("to")).isFalse();
    }

    /** CoreDNS of some clusters listens on 5353, and a policy is about the pods' ports, not the Service's. */
    @Test
    void asksDnsServersOnThePortsOfTheirPods() {
        JsonNode dns = policy("minimal", "networkPolicy: { egress: { dns: { ports: [1053] } } }")
                .at("/spec/egress/2");

        assertThat(ports(dns)).containsExactly(1053, 1053);
        assertThat(dns.path("ports"))
                .extracting(port -> port.path("protocol").asString())
                .containsExactly("UDP", "TCP");
        assertThat(dns.path("to")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"http://collector, 80", "https://collector/, 443", "https://collector.example:55681, 55681"})
    void followsThePortOfTheCollector(String endpoint, int port) {
        JsonNode egress = policy("minimal", """
                        opentelemetry: { endpoint: "%s" }
                        networkPolicy: { egress: { opentelemetry: { anywhere: true } } }
                        """.formatted(endpoint)).at("/spec/egress");

        assertThat(ports(egress.path(2))).containsExactly(port);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "['https://registry:8081/apis/ccompat/v7'] | 8081",
                "['http://registry/']                      | 80",
                "['https://registry']                      | 443",
                "['https://[2001:db8::1]/apis']            | 443",
                "['https://${REGISTRY}:8081']              | 8081",
                "['${REGISTRY_URL}']                       | 443",
                "['https://a:1', 'https://b:2/x', 'https://c:1'] | 1 2",
                "\"https://a:1, https://b:2/x\"              | 1 2",
            })
    void followsThePortsOfTheRegistry(String urls, String ports) {
        JsonNode egress = policy("minimal", """
                        relay: { registry: { url: %s } }
                        networkPolicy: { egress: { registry: { anywhere: true } } }
                        """.formatted(urls)).at("/spec/egress");

        assertThat(ports(egress.path(2)).stream().map(String::valueOf)).containsExactly(ports.split(" "));
        assertThat(egress.path(2).has("to")).isFalse();
    }

    /** Behind a Service with another port. */
    @Test
    void takesOtherPortsOfRegistryAndCollector() {
        JsonNode egress = policy("minimal", """
                        relay: { registry: { url: "https://registry" } }
                        opentelemetry: { endpoint: "http://collector:80" }
                        networkPolicy:
                          egress:
                            registry: { anywhere: true, ports: [8081, 8082] }
                            opentelemetry: { anywhere: true, ports: [4318] }
                        """).at("/spec/egress");

        assertThat(ports(egress.path(2))).containsExactly(8081, 8082);
        assertThat(ports(egress.path(3))).containsExactly(4318);
    }

    @Test
    void hasNoRuleForARegistryThatIsNotUsed() {
        JsonNode egress = policy("minimal", """
                        networkPolicy:
                          egress:
                            registry: { anywhere: true, ports: [8081] }
                            opentelemetry: { anywhere: true, ports: [4318] }
                        """).at("/spec/egress");

        assertThat(egress).hasSize(4);
    }

    @Test
    void followsARegistryInTheFurtherConfiguration() {
        JsonNode egress = policy("minimal", """
                        networkPolicy: { egress: { registry: { to: [{ podSelector: {} }] } } }
                        config: { relay: { registry: { url: "https://a:8081, http://b:8082/" } } }
                        """).at("/spec/egress");

        assertThat(ports(egress.path(2))).containsExactly(8081, 8082);
        assertThat(egress.at("/2/to/0/podSelector").isObject()).isTrue();
    }

    @Test
    void followsTheProxyAndThePlatformIfHostsAreExempt() {
        JsonNode egress = policy("minimal", """
                        relay: { iotda: { proxy: { type: http, host: proxy.example, port: 3128, no-proxy: [.myhuaweicloud.com] } } }
                        networkPolicy:
                          egress:
                            iotda: { anywhere: false, cidrs: [203.0.113.0/24] }
                            proxy: { to: [{ ipBlock: { cidr: 192.0.2.1/32 } }] }
                        """).at("/spec/egress");

        assertThat(ports(egress.path(1))).containsExactly(443);
        assertThat(egress.at("/1/to/0/ipBlock/cidr").asString()).isEqualTo("203.0.113.0/24");
        assertThat(ports(egress.path(2))).containsExactly(3128);
        assertThat(egress.at("/2/to/0/ipBlock/cidr").asString()).isEqualTo("192.0.2.1/32");
    }

    /** The platform itself is not reached then: no host is exempt. */
    @Test
    void followsTheProxyInsteadOfThePlatform() {
        JsonNode egress = policy("minimal", """
                        config: { relay: { iotda: { proxy: { type: http, host: proxy.example, port: 3128 } } } }
                        networkPolicy:
                          egress:
                            iotda: { anywhere: false }
                            proxy: { to: [{ ipBlock: { cidr: 192.0.2.1/32 } }] }
                        """).at("/spec/egress");

        assertThat(ports(egress.path(0))).containsExactly(9092);
        assertThat(ports(egress.path(1))).containsExactly(3128);
        assertThat(egress.at("/1/to/0/ipBlock/cidr").asString()).isEqualTo("192.0.2.1/32");
        assertThat(ports(egress.path(2))).containsExactly(53, 53, 5353, 5353);
    }

    @Test
    void followsThePortOfTheEndpoint() {
        JsonNode egress = policy("minimal", "relay: { iotda: { endpoint: \"https://platform.example:8943\" } }")
                .at("/spec/egress");

        assertThat(ports(egress.path(1))).containsExactly(8943);
    }

    /** Another host than that of devices, with a port and a proxy of its own. */
    @Test
    void followsTheApplicationSide() {
        JsonNode egress = policy("minimal", """
                        relay: { platform: { endpoint: "https://application.example:8944" } }
                        networkPolicy: { egress: { platform: { cidrs: [203.0.113.128/25] } } }
                        """).at("/spec/egress");

        assertThat(ports(egress.path(1))).containsExactly(443);
        assertThat(ports(egress.path(2))).containsExactly(8944);
        assertThat(egress.at("/2/to/0/ipBlock/cidr").asString()).isEqualTo("203.0.113.128/25");
    }

    @Test
    void followsTheProxyOfTheApplicationSide() {
        JsonNode egress = policy("minimal", """
                        relay:
                          platform: { endpoint: "https://application.example", proxy: { host: proxy.example, port: 3129 } }
                        networkPolicy: { egress: { proxy: { to: [{ ipBlock: { cidr: 192.0.2.1/32 } }] } } }
                        """).at("/spec/egress");

        assertThat(ports(egress.path(1))).as("the side of devices").containsExactly(443);
        assertThat(ports(egress.path(2))).containsExactly(3129);
        assertThat(egress.at("/2/to/0/ipBlock/cidr").asString()).isEqualTo("192.0.2.1/32");
        assertThat(egress).hasSize(5);
    }

    @Test
    void aProxyOfNoApplicationSideNeedsNoRule() {
        assertThat(policy("minimal", "relay: { platform: { proxy: { host: proxy.example, port: 3129 } } }")
                        .at("/spec/egress"))
                .hasSize(4);
    }

    @Test
    void admitsOnlyWhomItNames() {
        JsonNode ingress = policy("https", "").at("/spec/ingress");

        assertThat(ingress.at("/0/from/0/podSelector/matchLabels/app.kubernetes.io~1component")
                        .asString())
                .isEqualTo("test");
        assertThat(ingress.valueStream()
                        .skip(2)
                        .map(rule -> rule.at("/from/0" + NAMESPACE).asString()))
                .containsExactly("ingress-nginx", "monitoring");
        assertThat(ingress.at("/1/from/0/podSelector/matchLabels/app.kubernetes.io~1component")
                        .asString())
                .as("the other replicas")
                .isEqualTo("relay");
        assertThat(policy("minimal", "replicaCount: 1").at("/spec/ingress")).hasSize(1);
    }

    private Rendering minimal(String more) {
        return chart.render(Setup.named("minimal").values(), more);
    }

    private Manifest policy(String setup, String more) {
        return chart.render(Setup.named(setup).values(), more).the("NetworkPolicy");
    }

    private static List<Integer> ports(JsonNode rule) {
        List<Integer> ports = new ArrayList<>();
        rule.path("ports").forEach(port -> ports.add(port.path("port").asInt()));
        return ports;
    }
}
