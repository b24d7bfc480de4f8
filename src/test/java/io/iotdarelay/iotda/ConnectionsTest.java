package io.iotdarelay.iotda;

import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.simulator.Impostor;
import io.iotdarelay.simulator.Impostor.Speech;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.tracing.RequestTrace;
import io.iotdarelay.tracing.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Which connections are used again, how many there are, and how HTTP/1.1 says where a response ends. */
@Timeout(60)
class ConnectionsTest {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final AccessToken TOKEN = new AccessToken("the-token-of-d");
    private static final int MOST = 4;
    private static final Duration MAX_IDLE = Duration.ofSeconds(15);
    private static final Verdict ACCEPTED = new Verdict.Accepted();
    private static final Report SMALL = properties("d", "{\"service_id\":\"S\",\"properties\":{\"p\":1}}");

    private final AtomicLong later = new AtomicLong();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\nTrailer: 1\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}"
            })
    void usesAConnectionAgain(String response) {
        try (Impostor impostor = Impostor.saying(response);
                IotdaClients clients = clients(impostor)) {
            for (int i = 0; i < 3; i++) {
                assertThat(report(clients)).isEqualTo(ACCEPTED);
            }
            assertThat(impostor.requests()).isEqualTo(3);
            assertThat(impostor.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            })
    void usesNoConnectionAgainThatIsOver(String response) {
        try (Impostor impostor = Impostor.saying(response);
                IotdaClients clients = clients(impostor)) {
            for (int i = 0; i < 3; i++) {
                assertThat(report(clients)).isEqualTo(ACCEPTED);
            }
            assertThat(impostor.requests()).isEqualTo(3);
            assertThat(impostor.connections()).isEqualTo(3);
        }
    }

    /** The next request is made while the rest of what was read is still to come. */
    @Test
    void takesNoSurplusResponseForThatToTheNextRequest() {
        String twoAtOnce =
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n";
        try (Impostor impostor = Impostor.saying(twoAtOnce);
                IotdaClients clients = clients(impostor)) {
            Mono<Verdict> report = clients.clients().getFirst().report(TOKEN, List.of(SMALL), RequestTrace.NONE);

            assertThat(report.concatWith(report)
                            .concatWith(report)
                            .collectList()
                            .block(WAIT))
                    .containsExactly(ACCEPTED, ACCEPTED, ACCEPTED);
            assertThat(impostor.connections()).isEqualTo(3);
        }
    }

    @Test
    void readsUntilTheServerClosesWhereThereIsNoLength() {
        Speech untilTheEnd = out -> {
            out.write(ascii("HTTP/1.1 200 OK\r\n\r\n{}"));
            out.close();
        };
        try (Impostor impostor = Impostor.trusted(untilTheEnd);
                IotdaClients clients = clients(impostor)) {
            assertThat(report(clients)).isEqualTo(ACCEPTED);
            assertThat(report(clients)).isEqualTo(ACCEPTED);
        }
    }

    /** As a proxy does that has a smaller limit. */
    @Test
    void takesAResponseThatComesBeforeTheEndOfTheRequest() {
        Report large = properties("d", "{\"service_id\":\"S\",\"properties\":{\"p\":\"" + "x".repeat(900_000) + "\"}}");
        Speech refusal = out ->
                out.write(ascii("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        try (Impostor impostor = Impostor.hasty(refusal);
                IotdaClients clients = clients(impostor)) {
            assertThat(report(clients, large)).isInstanceOf(Verdict.TooLarge.class);
            assertThat(report(clients, large)).isInstanceOf(Verdict.TooLarge.class);
            assertThat(impostor.connections()).isEqualTo(2);
        }
    }

    /** A connection lives for minutes, and a record may have megabytes. */
    @Test
    void keepsNothingOfWhatAConnectionHasCarried() {
        try (Impostor impostor = Impostor.saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                IotdaClients clients = clients(impostor)) {
            WeakReference<Report> carried = carry(clients);

            await().atMost(WAIT).until(() -> {
                System.gc();
                return carried.get() == null;
            });
            assertThat(report(clients)).isEqualTo(ACCEPTED);
            assertThat(impostor.connections()).isEqualTo(1);
        }
    }

    /** Reports something that nobody else knows. Whoever waits for the verdict knows it, as a lane does. */
    private static WeakReference<Report> carry(IotdaClients clients) {
        Report report = properties("d", "{\"service_id\":\"S\",\"properties\":{\"p\":2}}");
        Mono<Verdict> verdict = clients.clients()
                .getFirst()
                .report(TOKEN, List.of(report), RequestTrace.NONE)
                .doOnNext(any -> assertThat(report.sender()).isNotNull());
        assertThat(verdict.block(WAIT)).isEqualTo(ACCEPTED);
        return new WeakReference<>(report);
    }

    @Test
    void waitsForAConnectionWhereAllAreInUse() {
        CountDownLatch arrived = new CountDownLatch(MOST);
        Speech together = out -> {
            arrived.countDown();
            try {
                arrived.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
        };
        try (Impostor impostor = Impostor.trusted(together);
                IotdaClients clients = clients(impostor)) {
            PlatformClient client = clients.clients().getFirst();
            List<Verdict> verdicts = Flux.range(0, 5 * MOST)
                    .flatMap(any -> client.report(TOKEN, List.of(SMALL), RequestTrace.NONE), 5 * MOST)
                    .collectList()
                    .block(WAIT);

            assertThat(verdicts).hasSize(5 * MOST).containsOnly(ACCEPTED);
            assertThat(impostor.connections()).isEqualTo(MOST);
        }
    }

    @Test
    void endsWhateverNobodyAnswers() {
        try (Impostor impostor = Impostor.saying("");
                IotdaClients clients = clients(impostor)) {
            PlatformClient client = clients.clients().getFirst();
            List<Verdict> verdicts = Flux.range(0, 3 * MOST)
                    .flatMap(any -> client.report(TOKEN, List.of(SMALL), RequestTrace.NONE), 3 * MOST)
                    .collectList()
                    .block(WAIT);

            assertThat(verdicts).hasSize(3 * MOST).allMatch(Verdict.Unavailable.class::isInstance);
            impostor.say(out -> out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")));
            assertThat(report(clients)).isEqualTo(ACCEPTED);
        }
    }

    @Test
    void givesUpWhatIsNotWantedAnyMore() {
        try (Impostor impostor = Impostor.saying("");
                IotdaClients clients = clients(impostor)) {
            PlatformClient client = clients.clients().getFirst();
            for (int round = 1; round <= 3; round++) {
                List<Disposable> unwanted = new ArrayList<>();
                for (int i = 0; i < 3 * MOST; i++) {
                    unwanted.add(client.report(TOKEN, List.of(SMALL), RequestTrace.NONE)
                            .subscribe());
                }
                int heard = round * MOST;
                await().atMost(WAIT).until(() -> impostor.requests() == heard);
                unwanted.forEach(Disposable::dispose);
            }
            impostor.say(out -> out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")));

            assertThat(report(clients)).isEqualTo(ACCEPTED);
            assertThat(impostor.connections()).isEqualTo(3 * MOST + 1);
        }
    }

    @Test
    void usesNoConnectionThatWasIdleForTooLong() {
        try (Impostor impostor = Impostor.saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                IotdaClients clients = clients(impostor)) {
            report(clients);
            pass(clients, MAX_IDLE.minusSeconds(2));
            report(clients);
            assertThat(impostor.connections()).isEqualTo(1);

            pass(clients, MAX_IDLE);
            report(clients);
            assertThat(impostor.connections()).isEqualTo(2);
        }
    }

    /** From when the connection is idle, which is as soon as the loop has read what there was. */
    private void pass(IotdaClients clients, Duration time) {
        Mono.fromRunnable(() -> later.addAndGet(time.toNanos()))
                .subscribeOn(clients.clients().getFirst().loop())
                .block(WAIT);
    }

    /** A server that closes the connection after each response, and does not say so, costs a connection and no report. */
    @Test
    void survivesAServerThatClosesWithoutSayingSo() {
        Speech once = out -> {
            out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
            out.close();
        };
        try (Impostor impostor = Impostor.trusted(once);
                IotdaClients clients = clients(impostor)) {
            for (int i = 0; i < 20; i++) {
                assertThat(report(clients)).isEqualTo(ACCEPTED);
            }
            assertThat(impostor.requests()).isEqualTo(20);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Verdict report(IotdaClients clients) {
        return report(clients, SMALL);
    }

    private static Verdict report(IotdaClients clients, Report report) {
        Mono<Verdict> verdict = clients.clients().getFirst().report(TOKEN, List.of(report), RequestTrace.NONE);
        return Objects.requireNonNull(verdict.block(WAIT));
    }

    private IotdaClients clients(Impostor impostor) {
        IotdaProperties properties = new IotdaProperties(
                URI.create(impostor.endpoint()),
                null,
                0,
                Duration.ofSeconds(2),
                Duration.ofMillis(1500),
                MAX_IDLE,
                Duration.ofMinutes(10),
                MOST,
                null);
        return new IotdaClients(
                properties,
                1,
                TrustIn.authority(impostor.certificateAuthority()),
                new RequestMeters(new SimpleMeterRegistry()),
                Tracing.OFF,
                Clock.systemUTC(),
                () -> System.nanoTime() + later.get());
    }
}
