package io.iotdarelay.iotda;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.Authority;
import io.iotdarelay.tracing.RequestTrace;
import io.iotdarelay.tracing.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The client against the simulator, over real TLS. */
class HttpIotdaClientTest {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final String ENTRY = "{\"service_id\":\"S\",\"properties\":{\"p\":1}}";
    private static final DeviceCredentials CREDENTIALS =
            new DeviceCredentials(device("d"), new DeviceSecret("12345678"));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Simulator simulator = Simulator.start();
    private final IotdaClients clients = clients(simulator, trust(simulator));
    private final PlatformClient client = clients.clients().getFirst();

    HttpIotdaClientTest() {
        simulator.register(SimulatedDevice.direct("d", "12345678"), SimulatedDevice.child("c", "d"));
    }

    @AfterEach
    void stop() {
        clients.close();
        simulator.close();
    }

    @Test
    void speaksAllFourCalls() {
        AccessToken token = token();

        assertThat(report(token, properties("d", ENTRY))).isEqualTo(new Verdict.Accepted());
        assertThat(report(token, child("d", "c", ENTRY))).isEqualTo(new Verdict.Accepted());
        assertThat(report(token, message("d", "{\"content\":\"x\"}"))).isEqualTo(new Verdict.Accepted());
        assertThat(simulator.ledger().requests())
                .extracting(Ledger.Request::api)
                .containsExactly(Api.DEVICE_AUTH, Api.PROPERTIES, Api.GATEWAY, Api.MESSAGES);
    }

    @Test
    void distinguishesARefusedDeviceFromARefusedToken() {
        assertThat(denied(new DeviceCredentials(device("d"), new DeviceSecret("wrong-one"))))
                .isInstanceOf(Verdict.DeviceRefused.class);
        assertThat(report(new AccessToken("made-up"), properties("d", ENTRY))).isInstanceOf(Verdict.InvalidToken.class);
    }

    @Test
    void speaksTls12WhereThatIsAllThereIs() {
        try (Simulator old = Simulator.start(new SimulatorOptions().withoutTls13())) {
            old.register(SimulatedDevice.direct("d", "12345678"));
            try (IotdaClients oldClients = clients(old, trust(old))) {
                assertThat(oldClients
                                .clients()
                                .getFirst()
                                .authenticate(CREDENTIALS)
                                .block(WAIT))
                        .isInstanceOf(Authentication.Granted.class);
            }
        }
    }

    @Test
    void provesTheServerAnewWhenTrustChanges() {
        AccessToken token = token();
        TrustManagerFactory former = trust(simulator);
        simulator.renewAuthority();

        assertThat(report(token, properties("d", ENTRY)))
                .as("over the existing connection")
                .isEqualTo(new Verdict.Accepted());
        clients.trust(former);
        assertThat(report(token, properties("d", ENTRY)))
                .as("over a new one, whose authority is not trusted")
                .isInstanceOf(Verdict.Misconfigured.class);
        clients.trust(trust(simulator));
        assertThat(report(token, properties("d", ENTRY))).isEqualTo(new Verdict.Accepted());
    }

    @Test
    void comparesTheHostsNameAlsoWhenTrustHasChanged() {
        clients.trust(trust(simulator));
        simulator.presentCertificateOfAnotherHost();

        assertThat(denied(CREDENTIALS)).isInstanceOf(Verdict.Misconfigured.class);
    }

    @Test
    void finishesWhatIsUnderWayWhenTrustChanges() {
        AccessToken token = token();
        simulator.faults().inject(new Fault.Delay(Duration.ofMillis(700), Duration.ofMillis(700)));
        Mono<Verdict> answer = client.report(token, List.of(properties("d", ENTRY)), RequestTrace.NONE)
                .cache();
        Disposable underWay = answer.subscribe();

        clients.trust(TrustIn.authority(Authority.create().pem()));

        assertThat(answer.block(WAIT)).isEqualTo(new Verdict.Accepted());
        assertThat(underWay.isDisposed()).isTrue();
    }

    @Test
    void answersOnItsOwnLoop() {
        assertThat(client.authenticate(CREDENTIALS)
                        .map(ignored -> Thread.currentThread().getName())
                        .block(WAIT))
                .startsWith("relay-loop-0");
    }

    @Test
    void tracesWhereARequestGoesAndSendsItsHeaders() {
        List<SimulatorOptions.Head> heads = new CopyOnWriteArrayList<>();
        RememberingTrace trace = new RememberingTrace();
        try (Simulator watched = Simulator.start(new SimulatorOptions().onHead(heads::add))) {
            watched.register(SimulatedDevice.direct("d", "12345678"));
            try (IotdaClients all = clients(watched, trust(watched))) {
                all.clients()
                        .getFirst()
                        .report(new AccessToken("made-up"), List.of(properties("d", ENTRY)), trace)
                        .block(WAIT);
            }
        }

        assertThat(heads).singleElement().satisfies(head -> {
            assertThat(head.path()).isEqualTo("/v5/devices/d/sys/properties/report");
            assertThat(head.headers()).containsEntry("x-trace", "7");
        });
        assertThat(trace.events)
                .containsExactly("leaves localhost /v5/devices/{device_id}/sys/properties/report", "403", "within");
    }

    @Test
    void sendsNoHeadersThatNobodyAskedFor() {
        List<SimulatorOptions.Head> heads = new CopyOnWriteArrayList<>();
        try (Simulator watched = Simulator.start(new SimulatorOptions().onHead(heads::add))) {
            watched.register(SimulatedDevice.direct("d", "12345678"));
            try (IotdaClients all = clients(watched, trust(watched))) {
                all.clients()
                        .getFirst()
                        .report(new AccessToken("made-up"), List.of(properties("d", ENTRY)), RequestTrace.NONE)
                        .block(WAIT);
            }
        }

        assertThat(heads)
                .singleElement()
                .satisfies(head -> assertThat(head.headers())
                        .containsOnlyKeys(
                                "host", "user-agent", "accept", "content-type", "content-length", "access_token"));
    }

    /** Belongs to the client's event loop. */
    private static final class RememberingTrace implements RequestTrace {
        private final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void leaves(Target target, BiConsumer<String, String> headers) {
            events.add("leaves " + target.host() + " " + target.template());
            headers.accept("x-trace", "7");
        }

        @Override
        public void answered(int status) {
            events.add(Integer.toString(status));
        }

        @Override
        public void within(Runnable work) {
            events.add("within");
            work.run();
        }

        @Override
        public void succeeded() {
            events.add("succeeded");
        }

        @Override
        public void failed(String code) {
            events.add("failed " + code);
        }
    }

    @Test
    void takesAFrontEndsErrorForTrouble() {
        AccessToken token = token();
        simulator.faults().next(1, Reply.html(503).with("Retry-After", "3"));

        assertThat(report(token, properties("d", ENTRY)))
                .isInstanceOfSatisfying(Verdict.Unavailable.class, unavailable -> {
                    assertThat(unavailable.why()).isEqualTo("HTTP 503");
                    assertThat(unavailable.retryAfter()).hasValue(Duration.ofSeconds(3));
                    assertThat(unavailable.answer().orElseThrow().excerpt()).startsWith("<html>");
                });
    }

    @Test
    void takesSilenceForTrouble() {
        AccessToken token = token();
        simulator.faults().inject(new Fault.Silence());

        assertThat(report(token, properties("d", ENTRY))).isInstanceOf(Verdict.Unavailable.class);
    }

    @Test
    void takesAnEndlessAnswerForTrouble() {
        simulator.faults().inject(new Fault.SlowBody(Duration.ofMillis(300)));

        assertThat(denied(CREDENTIALS)).isInstanceOf(Verdict.Unavailable.class);
    }

    @Test
    void readsAnAnswerUpToABound() {
        AccessToken token = token();
        simulator.faults().next(1, new Reply(500, null, "text/plain", "x".repeat(5_000_000), java.util.Map.of()));

        assertThat(report(token, properties("d", ENTRY)))
                .isInstanceOfSatisfying(
                        Verdict.Unavailable.class,
                        unavailable -> assertThat(
                                        unavailable.answer().orElseThrow().excerpt())
                                .hasSize(1024));
        assertThat(report(token, properties("d", ENTRY))).isEqualTo(new Verdict.Accepted());
    }

    @Test
    void takesResetsAndRefusalsForTrouble() {
        AccessToken token = token();
        simulator.faults().injectNext(2, call -> true, new Fault.ResetAfterProcessing());
        assertThat(report(token, properties("d", ENTRY))).isInstanceOf(Verdict.Unavailable.class);
        assertThat(simulator.ledger().accepted("d")).hasSize(2);

        simulator.refuseConnections();
        assertThat(report(token, properties("d", ENTRY))).isInstanceOf(Verdict.Unavailable.class);
        simulator.acceptConnections();
        assertThat(report(token, properties("d", ENTRY))).isEqualTo(new Verdict.Accepted());
    }

    /** The server closed the connection while it was idle, or in the moment when the request was written to it. */
    @Test
    void resendsAtOnceWhatMetAConnectionThatWasClosed() {
        AccessToken token = token();
        simulator.faults().injectNext(1, call -> true, new Fault.Reset());

        assertThat(report(token, properties("d", ENTRY))).isEqualTo(new Verdict.Accepted());
        assertThat(simulator.ledger().accepted("d")).hasSize(1);
        assertThat(registry.get("relay.requests")
                        .tag("outcome", "connection-lost")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    /** It was not closed while idle, so the server is at fault. */
    @Test
    void resendsNothingOnANewConnection() {
        AccessToken token = token();
        simulator.dropConnections();
        simulator.faults().injectNext(1, call -> true, new Fault.Reset());

        assertThat(report(token, properties("d", ENTRY))).isInstanceOf(Verdict.Unavailable.class);
    }

    @Test
    void neverFollowsARedirect() {
        AccessToken token = token();
        simulator.faults().next(1, Reply.empty(307).with("Location", simulator.endpoint() + "/v5/device-auth"));

        assertThat(report(token, properties("d", ENTRY))).isInstanceOf(Verdict.Misaddressed.class);
        assertThat(simulator.ledger().requests()).hasSize(2);
    }

    @Test
    void sendsNothingToAServerThatDoesNotProveItsName() {
        simulator.presentUntrustedCertificate();
        assertMisconfigured();
        simulator.presentCertificateOfAnotherHost();
        assertMisconfigured();
        simulator.presentExpiredCertificate();
        assertMisconfigured();
        assertThat(simulator.ledger().requestCount()).isZero();

        simulator.presentValidCertificate();
        assertThat(token()).isNotNull();
    }

    @Test
    void trustsTheJvmsRootsAlone() {
        try (IotdaClients unprepared = clients(simulator, null)) {
            assertThat(unprepared.clients().getFirst().authenticate(CREDENTIALS).block(WAIT))
                    .isInstanceOfSatisfying(
                            Authentication.Denied.class,
                            denied -> assertThat(denied.verdict()).isInstanceOf(Verdict.Misconfigured.class));
        }
    }

    @Test
    void doesNotRepeatATokenThatIsEchoed() {
        AccessToken token = token();
        simulator
                .faults()
                .next(1, new Reply(400, null, "text/plain", "bad token " + token.value(), java.util.Map.of()));

        assertThat(report(token, properties("d", ENTRY)).answer())
                .hasValueSatisfying(answer -> assertThat(answer.excerpt()).isEqualTo("bad token (secret)"));
    }

    @Test
    void countsItsRequests() {
        AccessToken token = token();
        report(token, properties("d", ENTRY), properties("d", ENTRY));
        report(new AccessToken("made-up"), properties("d", ENTRY));

        assertThat(registry.get("relay.requests")
                        .tags("api", "properties", "outcome", "accepted")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("relay.requests")
                        .tags("api", "properties", "outcome", "invalid-token")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("relay.requests")
                        .tags("api", "device-auth", "outcome", "accepted")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("relay.request.duration")
                        .tag("api", "properties")
                        .timer()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("relay.request.records")
                        .tag("api", "properties")
                        .summary()
                        .totalAmount())
                .isEqualTo(3);
    }

    private void assertMisconfigured() {
        assertThat(denied(CREDENTIALS)).isInstanceOf(Verdict.Misconfigured.class);
    }

    private AccessToken token() {
        return switch (client.authenticate(CREDENTIALS).block(WAIT)) {
            case Authentication.Granted granted -> granted.token();
            case Authentication.Denied denied -> throw new AssertionError(denied.verdict());
            case Authentication.Postponed ignored -> throw new AssertionError("postponed");
            case null -> throw new AssertionError("no answer");
        };
    }

    private Verdict denied(DeviceCredentials credentials) {
        return switch (client.authenticate(credentials).block(WAIT)) {
            case Authentication.Granted ignored -> throw new AssertionError("granted");
            case Authentication.Denied denied -> denied.verdict();
            case Authentication.Postponed ignored -> throw new AssertionError("postponed");
            case null -> throw new AssertionError("no answer");
        };
    }

    private Verdict report(AccessToken token, Report... reports) {
        Verdict verdict =
                client.report(token, List.of(reports), RequestTrace.NONE).block(WAIT);
        assertThat(verdict).isNotNull();
        return java.util.Objects.requireNonNull(verdict);
    }

    private IotdaClients clients(Simulator server, @Nullable TrustManagerFactory trust) {
        IotdaProperties properties = new IotdaProperties(
                URI.create(server.endpoint() + "/"),
                null,
                1,
                Duration.ofSeconds(2),
                Duration.ofMillis(1500),
                Duration.ofSeconds(15),
                Duration.ofMinutes(10),
                4,
                null);
        return new IotdaClients(
                properties, 1, trust, new RequestMeters(registry), Tracing.OFF, Clock.systemUTC(), System::nanoTime);
    }

    private static TrustManagerFactory trust(Simulator server) {
        return TrustIn.authority(server.certificateAuthority());
    }
}
