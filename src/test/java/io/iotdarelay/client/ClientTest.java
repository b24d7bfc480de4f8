package io.iotdarelay.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.iotdarelay.testing.Authority;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all verbs have in common: who is asked, by whom, and how each way to fail ends. */
class ClientTest {

    private static final String NONE = "{\"count\":0,\"devices\":[]}";
    private static final String PASSWORD = "correct-horse";

    private final StubRelay relay = new StubRelay();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        relay.close();
    }

    private ClientRun quarantine(ClientRun.Place place, String... more) {
        String[] arguments = new String[more.length + 3];
        arguments[0] = "quarantine";
        arguments[1] = "--url";
        arguments[2] = relay.url();
        System.arraycopy(more, 0, arguments, 3, more.length);
        return place.run(arguments);
    }

    private ClientRun answered(int status, String body, String... more) {
        relay.on("GET /actuator/quarantine", status, body);
        return quarantine(ClientRun.Place.quiet(), more);
    }

    @Test
    void nothingFoundIsFine() {
        ClientRun run = answered(200, NONE);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("No device is set aside.\n");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void findingsHaveACodeOfTheirOwn() {
        ClientRun run = answered(
                200,
                "{\"count\":1700,\"devices\":[{\"deviceId\":\"meter-1\",\"reason\":\"device-rejected\",\"errorCode\":\"IOTDA.000002\","
                        + "\"since\":\"2026-12-01T03:00:00.123Z\",\"refusals\":3,\"nextProbe\":\"2026-12-01T03:04:00Z\"},{}]}");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.lines())
                .containsExactly(
                        "DEVICE   REASON           CODE          SINCE                 REFUSALS  NEXT PROBE",
                        "meter-1  device-rejected  IOTDA.000002  2026-12-01T03:00:00Z  3         2026-12-01T03:04:00Z",
                        "-        -                -             -                     -         -",
                        "and 1,698 more");
    }

    @Test
    void jsonIsTheAnswerAsItIs() {
        String answer = "{\"count\":1,  \"unheard-of\": 1.50, \"devices\":[{\"deviceId\":\"ü\"}]}";

        ClientRun run = answered(200, answer, "--json");

        assertThat(run.out()).isEqualTo(answer + "\n");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void whoIsNotKnownIsTold() {
        ClientRun run = answered(401, "");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("--password-file").contains("IOTDA_RELAY_PASSWORD");
    }

    @Test
    void whoMayNotIsTold() {
        ClientRun run = answered(403, "{}");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("needs the role operator");
    }

    @ParameterizedTest
    @CsvSource({
        "400, 5, limit is from 1 to 500",
        "409, 5, another redrive is running",
        "503, 5, Kafka does not answer",
        "500, 5, broken"
    })
    void aRefusalIsRepeated(int status, int code, String why) {
        ClientRun run = answered(status, "{\"error\":\"" + why + "\"}", "--json");

        assertThat(run.exitCode()).isEqualTo(code);
        assertThat(run.err()).contains(why);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void anEndpointThatIsMissingIsNamedAsSuch() {
        ClientRun run = quarantine(ClientRun.Place.quiet());

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("no such endpoint");
    }

    @Test
    void tooManyLoginsSayWhenToTryAgain() {
        relay.on("GET /actuator/quarantine", new StubRelay.Reply(429, "", Map.of("Retry-After", "17")));

        ClientRun run = quarantine(ClientRun.Place.quiet());

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("try again in 17 s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>login</html>",
                "",
                "[]",
                "{",
                "{} {}",
                "nul",
                "{\"devices\":{}}",
                "{\"devices\":null}",
                "\"text\""
            })
    void whatIsNotOfARelayIsNotUnderstood(String body) {
        ClientRun run = answered(200, body);

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("is not understood");
    }

    @Test
    void deepJsonIsNotUnderstood() {
        assertThat(answered(200, "{\"devices\":" + "[".repeat(200_000)).exitCode())
                .isEqualTo(6);
    }

    @Test
    void anAnswerThatIsTooLargeIsNotRead() {
        ClientRun run = answered(200, "{\"devices\":[\"" + "x".repeat(17 * 1024 * 1024) + "\"]}", "--json");

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void noRedirectIsFollowed() {
        try (StubRelay other = new StubRelay()) {
            other.on("GET /actuator/quarantine", 200, NONE);
            relay.on(
                    "GET /actuator/quarantine",
                    new StubRelay.Reply(302, "", Map.of("Location", other.url() + "/actuator/quarantine")));

            ClientRun run = quarantine(ClientRun.Place.quiet().with("IOTDA_RELAY_PASSWORD", PASSWORD));

            assertThat(run.exitCode()).isEqualTo(6);
            assertThat(run.err()).contains("redirect");
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void nobodyThere() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }

        ClientRun run = ClientRun.of("status", "--url", "http://127.0.0.1:" + free, "--json");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("nobody listens there");
    }

    @Test
    void whoeverAnswersNothingIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ClientRun run =
                    ClientRun.of("quarantine", "--timeout", "1", "--url", "http://127.0.0.1:" + silent.getLocalPort());

            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.err()).contains("no answer in 1 s");
        }
    }

    /** A body that never ends must not outlive the time, either. */
    @Test
    void whoeverAnswersHalfIsGivenUp() throws IOException {
        try (ServerSocket half = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try {
                    half.accept()
                            .getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
                                    .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // the test is over
                }
            });

            ClientRun run =
                    ClientRun.of("quarantine", "--timeout", "1", "--url", "http://127.0.0.1:" + half.getLocalPort());

            assertThat(run.exitCode()).isEqualTo(3);
        }
    }

    @Test
    void credentialsAreThoseThatAreGiven() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), PASSWORD + "\n");

        quarantine(ClientRun.Place.quiet().with("IOTDA_RELAY_USER", "someone"), "--password-file", file.toString());
        quarantine(ClientRun.Place.quiet().with("IOTDA_RELAY_PASSWORD", PASSWORD), "--user", "viewer");
        quarantine(ClientRun.Place.quiet().with("IOTDA_RELAY_PASSWORD", PASSWORD));

        assertThat(relay.asked())
                .extracting(StubRelay.Asked::authorization)
                .containsExactly(basic("someone"), basic("viewer"), basic("operator"));
    }

    @Test
    void aContainerNeedsNone() {
        quarantine(ClientRun.Place.quiet().with("OPERATOR_PASSWORD", PASSWORD));
        quarantine(ClientRun.Place.quiet().with("OPERATOR_PASSWORD", PASSWORD).with("OPERATOR_USERNAME", "ops"));
        quarantine(ClientRun.Place.quiet().with("SPRING_SECURITY_USER_PASSWORD", "{noop}" + PASSWORD));

        assertThat(relay.asked())
                .extracting(StubRelay.Asked::authorization)
                .containsExactly(basic("operator"), basic("ops"), basic("user"));
    }

    @Test
    void thoseOfAContainerAreForItselfAlone() {
        Terminal nowhere = Terminal.nowhere();
        Terminal container = new Terminal(
                nowhere.in(),
                nowhere.out(),
                nowhere.err(),
                false,
                nowhere.columns(),
                name -> name.equals("OPERATOR_PASSWORD") ? PASSWORD : null,
                nowhere.clock(),
                nowhere.nanoTime(),
                nowhere.waiting());

        assertThat(Credentials.find(null, null, container, java.net.URI.create("http://elsewhere:8080")))
                .isEqualTo(new Credentials.None());
        assertThat(Credentials.find(null, null, container, java.net.URI.create("http://[::1]:8080")))
                .isEqualTo(new Credentials.Known("operator", PASSWORD));
    }

    @Test
    void anEncodedPasswordIsNone() {
        ClientRun run =
                quarantine(ClientRun.Place.quiet().with("OPERATOR_PASSWORD", "{bcrypt}$2a$10$abcdefghijklmnopqrstuv"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("OPERATOR_PASSWORD is encoded").doesNotContain("$2a$");
        assertThat(relay.asked()).isEmpty();
    }

    @Test
    void noPasswordIsEverPrinted() throws IOException {
        ClientRun.Place place = ClientRun.Place.quiet().with("IOTDA_RELAY_PASSWORD", PASSWORD);
        String basic = basic("operator").substring("Basic ".length());
        for (int status : List.of(200, 302, 400, 401, 403, 404, 409, 429, 500, 503)) {
            try (StubRelay any = new StubRelay()) {
                any.on("GET /actuator/quarantine", status, NONE);
                for (String more : List.of("--json", "--timeout=5")) {
                    ClientRun run = place.run("quarantine", "--url", any.url(), more);
                    assertThat(run.out() + run.err()).doesNotContain(PASSWORD).doesNotContain(basic);
                }
            }
        }
        assertThat(quarantine(place, "--password", PASSWORD).err()).doesNotContain(PASSWORD);
        assertThat(quarantine(place, "--password=" + PASSWORD).err()).doesNotContain(PASSWORD);
        assertThat(quarantine(place, "--pass=" + PASSWORD).err()).doesNotContain(PASSWORD);
        for (String url : List.of(
                "http://u:" + PASSWORD + "@h", "http://u:" + PASSWORD + "@", "u:" + PASSWORD + "@h", PASSWORD)) {
            ClientRun run = place.run("status", "--url", url);
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).doesNotContain(PASSWORD);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--url=ftp://h",
                "--url=h:8080",
                "--url=http://h?x=y",
                "--timeout=0",
                "--timeout=x",
                "--scope=all",
                "--user=me",
                "--user=a:b",
                "--password-file=/nowhere",
                "--nonsense",
                "surplus"
            })
    void aWrongLineIsTold(String argument) {
        ClientRun run = ClientRun.of("quarantine", argument);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("iotda-relay quarantine --help");
    }

    @Test
    void addressesMayHaveAPath() {
        relay.on("GET /behind/actuator/quarantine?scope=instance", 200, NONE);

        ClientRun run = ClientRun.of("quarantine", "--url", relay.url() + "/behind/actuator/", "--scope", "instance");

        assertThat(run.exitCode()).isZero();
    }

    @Test
    void instancesThatDidNotAnswerAreNamed() {
        ClientRun run = answered(
                200,
                "{\"count\":0,\"devices\":[],\"silent\":[{\"instance\":\"10.0.0.7:8080\",\"why\":\"no answer in 2 s\"}]}");

        assertThat(run.err()).contains("not included: 10.0.0.7:8080, no answer in 2 s");
    }

    @Test
    void tlsIsTrustedByAFile() throws Exception {
        Authority authority = Authority.create();
        X509Bundle issued = authority.issue();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(issued.toKeyManagerFactory().getKeyManagers(), null, null);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            byte[] body = NONE.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            String url = "https://localhost:" + server.getAddress().getPort();
            Path ca = Files.writeString(folder.resolve("ca.pem"), authority.pem());
            Path none = Files.writeString(folder.resolve("none.pem"), "");

            assertThat(ClientRun.of("quarantine", "--url", url, "--ca-file", ca.toString())
                            .exitCode())
                    .isZero();
            ClientRun untrusted = ClientRun.of("quarantine", "--url", url);
            assertThat(untrusted.exitCode()).isEqualTo(3);
            assertThat(untrusted.err()).contains("no TLS connection");
            assertThat(ClientRun.of("quarantine", "--url", url, "--ca-file", none.toString())
                            .exitCode())
                    .isEqualTo(2);
        } finally {
            server.stop(0);
        }
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    }
}
