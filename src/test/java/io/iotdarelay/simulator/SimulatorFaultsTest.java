package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatorFaultsTest {

    private static final String SECRET = "12345678";
    private static final String BODY = "{\"services\":[{\"service_id\":\"T\",\"properties\":{\"v\":1}}]}";

    private final Simulator simulator = Simulator.start();
    private final PlainClient client = new PlainClient(simulator);
    private final String one;
    private final String two;

    SimulatorFaultsTest() throws IOException {
        simulator.register(SimulatedDevice.direct("one", SECRET), SimulatedDevice.direct("two", SECRET));
        one = client.token("one", SECRET);
        two = client.token("two", SECRET);
        simulator.ledger().clear();
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void aDefectIsAnswered500AndNoted() throws IOException {
        simulator
                .faults()
                .inject(
                        call -> {
                            throw new IllegalStateException(SECRET);
                        },
                        new Fault.Silence());

        assertThat(report("one", one).statusCode()).isEqualTo(500);
        assertThat(simulator.ledger().requests()).singleElement().satisfies(request -> {
            assertThat(request.status()).isEqualTo(500);
            assertThat(request.processed()).isFalse();
            assertThat(request.detail()).contains("IllegalStateException").doesNotContain(SECRET);
        });
    }

    @Test
    void delaysHaveAnOrder() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Fault.Delay(Duration.ofMillis(2), Duration.ofMillis(1)));
    }

    /** What is judged on one thread needs no locks; a delayed request is no exception. */
    @Test
    void judgesAllRequestsOnOneThread() throws IOException {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        try (Simulator watched = Simulator.start(new SimulatorOptions()
                .onExchange(exchange -> threads.add(Thread.currentThread().getName())))) {
            watched.register(SimulatedDevice.direct("one", SECRET));
            PlainClient device = new PlainClient(watched);
            device.token("one", SECRET);
            watched.faults().inject(new Fault.Delay(Duration.ofMillis(1), Duration.ofMillis(1)));
            device.token("one", SECRET);
            device.token("one", SECRET);
        }

        assertThat(threads).hasSize(1).allMatch(name -> name.startsWith("iotda-simulator"));
    }

    @Test
    void notesWhatIsAnsweredWellAndNotProcessed() throws IOException {
        simulator.faults().injectNext(1, call -> true, new Fault.DropAbove(0.001));
        assertThat(report("one", one).statusCode()).isEqualTo(200); // as many as a second brings, and one at least
        assertThat(report("one", one).statusCode()).isEqualTo(200);
        simulator.faults().next(1, Reply.empty(204));
        assertThat(report("one", one).statusCode()).isEqualTo(204);

        assertThat(simulator.ledger().requests())
                .extracting(Ledger.Request::processed)
                .containsExactly(true, false, false);
    }

    @Test
    void notesUnknownPaths() throws IOException {
        assertThat(client.get("/v5/nowhere?x=" + SECRET).statusCode()).isEqualTo(404);
        assertThat(client.get("/v5/device-auth").statusCode()).isEqualTo(405);

        assertThat(simulator.ledger().answers()).isEqualTo(Map.of("UNKNOWN 404", 1L, "UNKNOWN 405", 1L));
        assertThat(simulator.ledger().requests())
                .extracting(Ledger.Request::detail)
                .containsExactly("GET /v5/nowhere", "GET /v5/device-auth");
    }

    @Test
    void answersLater() throws IOException {
        simulator.faults().inject(new Fault.Delay(Duration.ofMillis(60), Duration.ofMillis(90)));

        long start = System.nanoTime();
        assertThat(report("one", one).statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(60));
    }

    @Test
    void failsTheNextRequestsOnly() throws IOException {
        simulator.faults().next(2, Reply.html(503).with("Retry-After", "7"));

        assertThat(report("one", one).headers().firstValue("Retry-After")).hasValue("7");
        assertThat(report("two", two).body()).contains("<h1>503</h1>");
        assertThat(report("one", one).statusCode()).isEqualTo(200);
        assertThat(simulator.ledger().accepted()).hasSize(1);
    }

    @Test
    void failsOneDeviceOnly() throws IOException {
        Faults.Injection broken = simulator.faults().inject(Faults.device("one"), new Fault.Answer(Reply.html(500)));

        assertThat(report("one", one).statusCode()).isEqualTo(500);
        assertThat(report("two", two).statusCode()).isEqualTo(200);
        broken.close();
        assertThat(report("one", one).statusCode()).isEqualTo(200);
    }

    @Test
    void failsAuthenticationsOnly() throws IOException {
        simulator.faults().inject(Faults.api(Api.DEVICE_AUTH), new Fault.Answer(Reply.html(502)));

        assertThat(client.authenticate("one", 0, "2024062602", "x").statusCode())
                .isEqualTo(502);
        assertThat(report("one", one).statusCode()).isEqualTo(200);
    }

    @Test
    void throttlesWhatExceedsARate() throws IOException {
        simulator.faults().inject(new Fault.Throttle(5, true));

        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answers.add(report("one", one).statusCode());
        }

        assertThat(answers.subList(0, 5)).containsOnly(200);
        assertThat(answers).contains(403);
        assertThat(simulator.ledger().requests(Api.PROPERTIES))
                .anyMatch(request -> "IOTDA.021102".equals(request.errorCode()));
    }

    @Test
    void dropsWhatExceedsARateAndSaysNothing() throws IOException {
        simulator.faults().inject(new Fault.DropAbove(5));

        for (int i = 0; i < 10; i++) {
            assertThat(report("one", one).statusCode()).isEqualTo(200);
        }

        assertThat(simulator.ledger().accepted("one")).hasSizeBetween(5, 9);
    }

    @Test
    void keepsSilent() {
        simulator.faults().inject(new Fault.Silence());

        assertThatThrownBy(() -> client.send(HttpRequest.newBuilder(
                                URI.create(simulator.endpoint() + "/v5/devices/one/sys/properties/report"))
                        .header("access_token", one)
                        .timeout(Duration.ofMillis(300))
                        .POST(HttpRequest.BodyPublishers.ofString(BODY))
                        .build()))
                .isInstanceOf(java.net.http.HttpTimeoutException.class);
        assertThat(simulator.ledger().accepted()).isEmpty();
    }

    @Test
    void resetsBeforeItHasProcessed() {
        simulator.faults().inject(new Fault.Reset());

        assertThatThrownBy(() -> report("one", one)).isInstanceOf(IOException.class);
        assertThat(simulator.ledger().accepted()).isEmpty();
    }

    @Test
    void resetsAfterItHasProcessed() {
        simulator.faults().inject(new Fault.ResetAfterProcessing());

        assertThatThrownBy(() -> report("one", one)).isInstanceOf(IOException.class);
        assertThat(simulator.ledger().accepted("one")).isNotEmpty();
    }

    @Test
    void sendsItsBodySlowly() throws IOException {
        simulator.faults().inject(new Fault.SlowBody(Duration.ofMillis(5)));

        long start = System.nanoTime();
        assertThat(client.token("one", SECRET)).hasSize(36);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(300));
    }

    @Test
    void refusesConnectionsAndComesBackOnTheSamePort() throws IOException {
        String endpoint = simulator.endpoint();
        simulator.refuseConnections();
        assertThatThrownBy(() -> new PlainClient(simulator).token("one", SECRET))
                .isInstanceOf(ConnectException.class);

        simulator.acceptConnections();
        assertThat(simulator.endpoint()).isEqualTo(endpoint);
        assertThat(report("one", one).statusCode()).isEqualTo(200);
    }

    @Test
    void canFailToProveItsName() {
        simulator.presentUntrustedCertificate();
        assertThatThrownBy(() -> report("one", one)).isInstanceOf(SSLHandshakeException.class);
        simulator.presentCertificateOfAnotherHost();
        assertThatThrownBy(() -> report("one", one)).isInstanceOf(SSLHandshakeException.class);
        simulator.presentExpiredCertificate();
        assertThatThrownBy(() -> report("one", one)).isInstanceOf(SSLHandshakeException.class);

        assertThat(simulator.ledger().requestCount()).isZero();
    }

    @Test
    void speaksTls12Alone() throws IOException {
        try (Simulator old = Simulator.start(new SimulatorOptions().withoutTls13())) {
            old.register(SimulatedDevice.direct("one", SECRET));

            assertThat(new PlainClient(old).token("one", SECRET)).hasSize(36);
        }
    }

    private HttpResponse<String> report(String device, String token) throws IOException {
        return client.post("/v5/devices/" + device + "/sys/properties/report", token, BODY);
    }
}
