package io.iotdarelay.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

/** What the check finds at addresses where no broker is. With brokers it is tested by KafkaProblemIsNamedIT. */
class BootstrapTest {

    /** For what never answers: it takes this long. */
    private static final Duration PATIENCE = Duration.ofMillis(300);

    /** For what answers at once, but perhaps to the first TLS of this JVM, which takes a second on a busy machine. */
    private static final Duration MUCH_PATIENCE = Duration.ofSeconds(30);

    private static final byte[] TLS_ALERT = {0x15, 3, 3, 0, 2, 2, 80};

    @Test
    void namesEachServerThatCannotBeResolved() {
        assertThat(check("PLAINTEXT", "one.invalid:9092", "two.invalid:9093"))
                .contains("cannot reach Kafka: cannot resolve one.invalid:9092; cannot resolve two.invalid:9093");
    }

    @Test
    void namesAPortThatRefusesConnections() throws IOException {
        int port;
        try (ServerSocket closed = listen()) {
            port = closed.getLocalPort();
        }

        assertThat(check("PLAINTEXT", "127.0.0.1:" + port))
                .contains("cannot reach Kafka: cannot connect to 127.0.0.1:" + port + ": Connection refused");
    }

    @Test
    void noticesAPortThatSpeaksTls() {
        assertThat(withServer("PLAINTEXT", TLS_ALERT))
                .contains("cannot reach Kafka: SERVER speaks TLS, but security.protocol is PLAINTEXT");
        assertThat(withServer("SASL_PLAINTEXT", TLS_ALERT))
                .contains("cannot reach Kafka: SERVER speaks TLS, but security.protocol is SASL_PLAINTEXT");
    }

    @Test
    void noticesAPortThatSpeaksSomethingElse() {
        assertThat(withServer("PLAINTEXT", "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
                .contains(
                        "cannot reach Kafka: SERVER does not speak Kafka's protocol: its answer begins with 'HTTP/1.1'");
        assertThat(withServer("PLAINTEXT", new byte[] {0, 0, 0, 10, 0, 0, 0, 0}))
                .hasValueSatisfying(why -> assertThat(why).endsWith("its answer begins with '........'"));
    }

    @Test
    void noticesAPortThatDoesNotSpeakTls() {
        assertThat(withServer("SSL", new byte[0]))
                .contains("cannot reach Kafka: SERVER does not speak TLS, but security.protocol is SSL: it closed the"
                        + " connection");
    }

    @Test
    void noticesAPortThatHangsUp() {
        assertThat(withServer("PLAINTEXT", new byte[0]))
                .contains("cannot reach Kafka: SERVER closes connections without an answer");
    }

    @Test
    void noticesAPortThatIsMute() throws IOException {
        try (ServerSocket mute = listen()) {
            assertThat(check("PLAINTEXT", "127.0.0.1:" + mute.getLocalPort()))
                    .hasValueSatisfying(
                            why -> assertThat(why).contains(" accepts connections, but does not answer within "));
        }
    }

    @Test
    void namesAnAddressThatIsNone() {
        assertThat(check("PLAINTEXT", "kafka-1"))
                .contains("cannot reach Kafka: 'kafka-1' in bootstrap.servers is not HOST:PORT");
        assertThat(check("PLAINTEXT")).contains("cannot reach Kafka: bootstrap.servers is empty");
    }

    @Test
    void namesAConfigurationThatCannotBeUsed() throws IOException {
        try (ServerSocket mute = listen()) {
            Reach reach = new Bootstrap(
                            Map.of(
                                    CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                                    "127.0.0.1:" + mute.getLocalPort(),
                                    CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                                    "SSL",
                                    "ssl.truststore.location",
                                    "/no/such/file"),
                            PATIENCE)
                    .check();

            assertThat(reach.trouble())
                    .hasValueSatisfying(why -> assertThat(why)
                            .startsWith("cannot reach Kafka: the configuration of the client cannot be used: ")
                            .contains("/no/such/file"));
        }
    }

    @Test
    void resolvesTheNameThatClientsResolve() {
        assertThat(new Bootstrap(
                                Map.of(
                                        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                                        List.of("one.invalid:9092"),
                                        CommonClientConfigs.CLIENT_DNS_LOOKUP_CONFIG,
                                        "resolve_canonical_bootstrap_servers_only"),
                                PATIENCE)
                        .check()
                        .trouble())
                .contains("cannot reach Kafka: cannot resolve one.invalid:9092");
    }

    @Test
    void leavesToAnAdminClientWhatItKnows() {
        assertThat(ClientSettings.admin(Map.of(ProducerConfig.ACKS_CONFIG, "all", "mine", "setting")))
                .containsEntry("mine", "setting")
                .doesNotContainKey(ProducerConfig.ACKS_CONFIG);
    }

    private static Optional<String> check(String protocol, String... servers) {
        return check(PATIENCE, protocol, servers);
    }

    private static Optional<String> check(Duration patience, String protocol, String... servers) {
        return new Bootstrap(
                        Map.of(
                                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                                String.join(",", servers),
                                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                                protocol),
                        patience)
                .check()
                .trouble();
    }

    /** A server that reads something, answers this and hangs up, whoever comes. */
    private static Optional<String> withServer(String protocol, byte[] answer) {
        try (ServerSocket server = listen()) {
            Thread.ofVirtual().start(() -> serve(server, answer));
            String name = "127.0.0.1:" + server.getLocalPort();
            return check(MUCH_PATIENCE, protocol, name).map(why -> why.replace(name, "SERVER"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(ServerSocket server, byte[] answer) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                int ignored = client.getInputStream().read(new byte[1000]);
                client.getOutputStream().write(answer);
            } catch (IOException e) {
                // The client, or the test, has ended.
            }
        }
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }
}
