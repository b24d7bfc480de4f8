package io.iotdarelay.iotda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.egress.ProxyProperties;
import io.iotdarelay.egress.ProxyProperties.Protocol;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.simulator.Impostor;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.testing.Authority;
import io.iotdarelay.testing.LocalProxy;
import io.iotdarelay.testing.LocalProxy.Kind;
import io.iotdarelay.testing.MountedSecret;
import io.iotdarelay.testing.Ports;
import io.iotdarelay.testing.TcpProxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The client against the simulator, through real proxies, and through programs that are none. */
@Timeout(120)
class ThroughAProxyTest {

    private static final String PASSWORD = "passwordOfTheProxy";

    @TempDir
    private Path directory = Path.of("");

    private final Simulator simulator = Asking.known(Simulator.start());
    private final int port = URI.create(simulator.endpoint()).getPort();

    @AfterEach
    void stop() {
        simulator.close();
    }

    @ParameterizedTest
    @EnumSource
    void reachesThePlatform(Kind kind) {
        try (LocalProxy proxy = LocalProxy.start(kind);
                IotdaClients clients = platform()
                        .through(TestClients.proxy(type(kind), proxy.port()))
                        .start()) {
            Asking asking = new Asking(clients);

            assertThat(asking.contact()).isEmpty();
            assertThat(asking.report(asking.token())).isEqualTo(new Verdict.Accepted());
            assertThat(simulator.ledger().accepted("d")).hasSize(1);

            proxy.stop();
            assertThat(asking.denied().describe())
                    .startsWith("the proxy 127.0.0.1:" + proxy.port() + " cannot be reached: ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void authenticatesWithWhatTheFilesContainAtTheTime(Kind kind) {
        MountedSecret secret = new MountedSecret(directory.resolve("proxy"));
        secret.write(Map.of("username", "relay", "password", "wrong"));
        try (LocalProxy proxy = LocalProxy.start(kind, "relay", PASSWORD);
                IotdaClients clients = platform()
                        .through(withCredentials(type(kind), proxy.port(), secret))
                        .start()) {
            Asking asking = new Asking(clients);
            String name = "the proxy 127.0.0.1:" + proxy.port();
            asking.assertMisconfigured(
                    name + " refuses the relay's credentials" + (kind == Kind.HTTP ? " (HTTP 401)" : ""));

            secret.write(Map.of("username", "relay", "password", PASSWORD + "\n"));
            assertThat(asking.contact()).isEmpty();
            AccessToken token = asking.token();
            assertThat(asking.report(token)).isEqualTo(new Verdict.Accepted());

            proxy.demand("another", "renewed");
            secret.write(Map.of("username", "another", "password", "renewed"));
            assertThat(asking.report(token)).isEqualTo(new Verdict.Accepted());
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatItHasNoCredentials(Kind kind) {
        try (LocalProxy proxy = LocalProxy.start(kind, "relay", PASSWORD);
                IotdaClients clients = platform()
                        .through(TestClients.proxy(type(kind), proxy.port()))
                        .start()) {
            new Asking(clients)
                    .assertMisconfigured("the proxy 127.0.0.1:" + proxy.port() + " asks for credentials"
                            + (kind == Kind.HTTP ? " (HTTP 407)" : ""));
        }
    }

    @Test
    void saysThatCredentialsCannotBeRead() {
        MountedSecret secret = new MountedSecret(directory.resolve("proxy"));
        secret.write(Map.of("username", "relay"));
        try (IotdaClients clients = platform()
                .through(withCredentials(Protocol.HTTP, Ports.free(), secret))
                .start()) {
            new Asking(clients)
                    .assertMisconfigured("the credentials of relay.iotda.proxy: " + secret.path("password")
                            + " cannot be read (NoSuchFileException)");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatTheProxyCannotReachThePlatform(Kind kind) {
        simulator.refuseConnections();
        try (LocalProxy proxy = LocalProxy.start(kind);
                IotdaClients clients = platform()
                        .through(TestClients.proxy(type(kind), proxy.port()))
                        .start()) {
            Verdict verdict = new Asking(clients).denied();

            assertThat(verdict).isInstanceOf(Verdict.Unavailable.class);
            assertThat(verdict.describe())
                    .startsWith("the proxy 127.0.0.1:" + proxy.port() + " cannot connect to 127.0.0.1 (");
        }
    }

    @ParameterizedTest
    @EnumSource
    void letsTheProxySeeThePlatformsNameAndNothingElse(Kind kind) {
        TestNames names = new TestNames();
        try (LocalProxy proxy = LocalProxy.start(kind);
                TcpProxy wire = TcpProxy.open().forwardTo(proxy.port()).remember();
                IotdaClients clients = platform()
                        .resolving(names)
                        .through(TestClients.proxy(type(kind), wire.port()))
                        .start()) {
            Asking asking = new Asking(clients);
            AccessToken token = asking.token();
            assertThat(asking.report(token)).isEqualTo(new Verdict.Accepted());

            assertThat(wire.seen())
                    .contains("127.0.0.1".repeat(kind == Kind.HTTP ? 1 : 0))
                    .doesNotContain(token.value(), "access_token", "device_id", "/v5/", "service_id");
            assertThat(names.asked()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void asksTheProxyForTheNameAndDnsForTheProxy(Kind kind) {
        TestNames names = new TestNames();
        try (TcpProxy wire = TcpProxy.open().remember();
                LocalProxy proxy = LocalProxy.start(kind);
                IotdaClients clients = TestClients.of("https://platform.invalid:4711")
                        .resolving(names)
                        .through(new ProxyProperties(
                                type(kind), "proxy.invalid", wire.port(), null, null, null, List.of()))
                        .start()) {
            Asking asking = new Asking(clients);
            asking.assertOutage("cannot resolve the proxy's name proxy.invalid");

            names.put(
                    "proxy.invalid",
                    TestNames.loopback(Ports.free()),
                    TestNames.loopback(wire.forwardTo(proxy.port()).port()));
            assertThat(asking.denied()).isInstanceOf(Verdict.Unavailable.class);

            await().untilAsserted(() -> assertThat(wire.seen())
                    .contains(
                            kind == Kind.HTTP
                                    ? "CONNECT platform.invalid:4711 HTTP/1.1"
                                    : "\3\20platform.invalid\22g"));
            assertThat(names.asked()).containsOnly("proxy.invalid");
        }
    }

    @Test
    void goesDirectlyWhereNoProxyIsWanted() {
        ProxyProperties nobody =
                new ProxyProperties(Protocol.HTTP, "127.0.0.1", Ports.free(), null, null, null, List.of("127.0.0.1"));
        try (IotdaClients clients = platform().through(nobody).start()) {
            Asking asking = new Asking(clients);

            assertThat(asking.contact()).isEmpty();
            assertThat(asking.report(asking.token())).isEqualTo(new Verdict.Accepted());
        }
    }

    @Test
    void provesThePlatformEndToEnd() {
        try (LocalProxy proxy = LocalProxy.start(Kind.HTTP);
                IotdaClients clients = platform()
                        .trusting(Authority.create().pem())
                        .through(TestClients.proxy(Protocol.HTTP, proxy.port()))
                        .start()) {
            Verdict verdict = new Asking(clients).denied();

            assertThat(verdict).isInstanceOf(Verdict.Misconfigured.class);
            assertThat(verdict.describe())
                    .contains("not signed by a trusted authority")
                    .endsWith(", through the proxy 127.0.0.1:" + proxy.port());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        HTTP/1.1 403 Denied\\r\\nContent-Length: 0\\r\\n\\r\\n       | true  | does not let the relay connect to 127.0.0.1 (HTTP 403)
        HTTP/1.1 502 Bad Gateway\\r\\nContent-Length: 0\\r\\n\\r\\n  | false | cannot connect to 127.0.0.1 (HTTP 502)
        SSH-2.0-OpenSSH_9.2\\r\\n                                | true  | does not speak HTTP
        """)
    void explainsWhatAnswersInAProxysPlace(String escaped, boolean misconfigured, String told) {
        String said = escaped.translateEscapes();
        try (Impostor impostor = Impostor.inTheClear(said);
                IotdaClients clients = platform()
                        .through(TestClients.proxy(
                                Protocol.HTTP, URI.create(impostor.endpoint()).getPort()))
                        .start()) {
            Verdict verdict = new Asking(clients).denied();

            assertThat(verdict.describe()).startsWith("the proxy 127.0.0.1:").endsWith(told);
            assertThat(verdict instanceof Verdict.Misconfigured).isEqualTo(misconfigured);
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitsNoLongerThanItMayForAProxyThatDoesNotAnswer(Protocol type) throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
                IotdaClients clients = platform()
                        .through(TestClients.proxy(type, mute.getLocalPort()))
                        .start()) {
            new Asking(clients)
                    .assertOutage(
                            "the proxy 127.0.0.1:" + mute.getLocalPort() + " did not connect to 127.0.0.1 in time");
        }
    }

    /** By its address, which a proxy need not resolve: some take the first address of a name, whatever is there. */
    private TestClients platform() {
        return TestClients.of("https://127.0.0.1:" + port).trusting(simulator.certificateAuthority());
    }

    private static Protocol type(Kind kind) {
        return kind == Kind.HTTP ? Protocol.HTTP : Protocol.SOCKS5;
    }

    private static ProxyProperties withCredentials(Protocol type, int port, MountedSecret secret) {
        return new ProxyProperties(
                type, "127.0.0.1", port, null, secret.location("username"), secret.location("password"), List.of());
    }
}
