package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.iotdarelay.appside.AppServer.Request;
import io.iotdarelay.appside.ApplicationSide.Which;
import io.iotdarelay.appside.Unsigned.Parameter;
import io.iotdarelay.egress.Egress;
import io.iotdarelay.egress.ProxyProperties;
import io.iotdarelay.egress.ProxyProperties.Protocol;
import io.iotdarelay.limits.CallBreaker;
import io.iotdarelay.limits.Limits;
import io.iotdarelay.limits.RateLimiter;
import io.iotdarelay.metrics.ApplicationMeters;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.Authority;
import io.iotdarelay.testing.LocalProxy;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.MountedSecret;
import io.iotdarelay.testing.Ports;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.ssl.SslBundle;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The client against a real HTTPS server. */
@Timeout(120)
class ApplicationClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Authority AUTHORITY = Authority.create();
    private static final DeviceId DEVICE = new DeviceId("meter-1");
    private static final String BASE = "/v5/iot/" + Configured.PROJECT;
    private static final String NEXT = "5f0d1e2c3b4a59687786958a";
    private static final NewDevice NEW = new NewDevice(
            DEVICE,
            "0001",
            "p",
            Optional.of("Meter 1"),
            new DeviceSecret("secretOfADevice"),
            Optional.of(new DeviceId("gateway-1")));

    @TempDir
    private Path directory = Path.of("");

    private final ManualClock clock = ManualClock.at("2026-11-27T12:00:00Z");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private CallBreaker breaker = Limits.callBreaker(clock);
    private final AppServer server = AppServer.start(AUTHORITY);
    private final List<ApplicationConnections> opened = new ArrayList<>();

    @AfterEach
    void stop() {
        opened.forEach(ApplicationConnections::close);
        server.close();
    }

    private ApplicationSide side(Configured configured, @Nullable SslBundle trust) {
        ApplicationConnections connections = new ApplicationConnections(
                configured.properties(), trust, breaker, new ApplicationMeters(registry), clock, System::nanoTime);
        opened.add(connections);
        return connections.side();
    }

    private ApplicationSide side(Configured configured) {
        return side(configured, trust(AUTHORITY));
    }

    private ApplicationSide side() {
        return side(Configured.at(server.endpoint()));
    }

    private static SslBundle trust(Authority authority) {
        PemSslBundleProperties properties = new PemSslBundleProperties();
        properties.getTruststore().setCertificate(authority.pem());
        return PropertiesSslBundle.get(properties);
    }

    private static <T> Answer<T> answer(Mono<Answer<T>> call) {
        return Objects.requireNonNull(call.block(PATIENCE));
    }

    private static <T> T found(Mono<Answer<T>> call) {
        Answer<T> answer = answer(call);
        assertThat(answer).as(answer.describe()).isInstanceOf(Answer.Found.class);
        return ((Answer.Found<T>) answer).value();
    }

    private static String body(String resource) {
        return resource.replace('\'', '"');
    }

    private double requests(String api, String outcome) {
        return registry.get("relay.platform.requests")
                .tags("api", api, "outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void asksForADevice() {
        server.answers(200, body("{'device_id':'meter-1','auth_info':{'secret':'secretOfADevice'}}"));
        ApplicationSide side = side();

        Device device = found(side.device(DEVICE));

        assertThat(device.secret()).contains(new DeviceSecret("secretOfADevice"));
        Request request = server.last();
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.uri()).isEqualTo(BASE + "/devices/meter-1");
        assertThat(request.headers().get("host"))
                .isEqualTo(URI.create(server.endpoint()).getAuthority());
        assertThat(request.headers().get("x-sdk-date")).isEqualTo("20261127T120000Z");
        assertThat(request.headers().get("x-project-id")).isEqualTo(Configured.PROJECT);
        assertThat(request.headers().contains("instance-id")).isFalse();
        assertIsSigned(request, "RELAYAK", "RelaySk");
        assertThat(requests("get-device", "found")).isEqualTo(1);
        assertThat(registry.get("relay.platform.request.duration")
                        .tag("api", "get-device")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(side.status().answered()).contains(clock.instant());
    }

    /** HTTP clients like to write this header themselves, with a port for example. */
    @Test
    void sendsTheHostThatWasSigned() {
        server.answers(200, "");
        PlatformProperties properties = Configured.at(server.endpoint()).properties();
        LoopResources thread = LoopResources.create("test-platform", 1, true);
        Egress egress = new Egress(properties.origin(), null, "relay.platform", Duration.ofSeconds(2));
        try (HttpTransport transport = new HttpTransport(properties, egress, thread, trust(AUTHORITY))) {
            Unsigned request = Unsigned.get("signed.example", "/v5", List.of(), Map.of());
            HttpReply reply = transport
                    .exchange(request, new Signer.Signed("date", "who", "signature"), () -> {})
                    .block(PATIENCE);

            assertThat(reply).hasToString("HTTP 200");
            assertThat(server.last().headers().getAll("host")).containsExactly("signed.example");
        } finally {
            thread.dispose();
        }
    }

    @Test
    void anAnswerAboutAnotherDeviceIsNone() {
        server.answers(200, body("{'device_id':'meter-2'}"));

        assertThat(answer(side().device(DEVICE))).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void createsADeviceSoThatItCanBeRepeated() {
        server.answers(201, body("{'device_id':'meter-1','auth_info':{'secret':'secretOfADevice'}}"))
                .fails(1, 400, "IOTDA.014031");
        ApplicationSide side = side(Configured.at(server.endpoint()).space("space-1", "instance-1"));

        assertThat(found(side.create(NEW)).id()).isEqualTo(DEVICE);
        assertThat(answer(side.create(NEW))).isInstanceOf(Answer.Exists.class);

        Request request = server.last();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.uri()).isEqualTo(BASE + "/devices");
        assertThat(request.headers().get("content-type")).isEqualTo("application/json");
        assertThat(request.headers().get("instance-id")).isEqualTo("instance-1");
        assertThat(request.body())
                .isEqualTo(body(
                        "{'node_id':'0001','product_id':'p','device_id':'meter-1','device_name':'Meter 1','gateway_id':'gateway-1',"
                                + "'app_id':'space-1','auth_info':{'auth_type':'SECRET','secret':'secretOfADevice',"
                                + "'secure_access':true,'timeout':0}}"));
        assertIsSigned(request, "RELAYAK", "RelaySk");
    }

    @Test
    void resetsASecret() {
        server.answers(200, body("{'device_id':'meter-1','secret':'another-secret'}"))
                .answers(200, "{}")
                .answers(200, "[]");
        ApplicationSide side = side();
        DeviceSecret wanted = new DeviceSecret("wanted-secret");

        assertThat(found(side.resetSecret(DEVICE, Which.SECONDARY, wanted)))
                .as("the platform has the last word")
                .isEqualTo(new DeviceSecret("another-secret"));
        assertThat(found(side.resetSecret(DEVICE, Which.PRIMARY, wanted))).isEqualTo(wanted);
        assertThat(answer(side.resetSecret(DEVICE, Which.PRIMARY, wanted))).isInstanceOf(Answer.Refused.class);

        assertThat(server.requests().getFirst().body())
                .isEqualTo(body("{'secret':'wanted-secret','secret_type':'SECONDARY'}"));
        assertThat(server.last().uri()).isEqualTo(BASE + "/devices/meter-1/action?action_id=resetSecret");
        assertIsSigned(server.last(), "RELAYAK", "RelaySk");
    }

    @Test
    void changesTheGatewayOfAChild() {
        server.answers(204, "").answers(200, body("{'device_id':'meter-1'}")).fails(1, 404, "IOTDA.014000");
        ApplicationSide side = side();
        DeviceId gateway = new DeviceId("gateway-2");

        assertThat(found(side.changeGateway(DEVICE, gateway))).isEqualTo(gateway);
        assertThat(server.last().uri()).isEqualTo(BASE + "/devices/meter-1/change-gateway");
        assertThat(server.last().body()).isEqualTo(body("{'gateway_id':'gateway-2'}"));
        assertIsSigned(server.last(), "RELAYAK", "RelaySk");
        assertThat(found(side.changeGateway(DEVICE, gateway))).isEqualTo(gateway);
        assertThat(answer(side.changeGateway(DEVICE, gateway))).isInstanceOf(Answer.Absent.class);
    }

    @Test
    void asksForAProductInItsSpace() {
        server.answers(200, body("{'product_id':'p','name':'Meters','service_capabilities':[]}"));

        Product product = found(
                side(Configured.at(server.endpoint()).space("space-1", "i")).product("p"));

        assertThat(product.name()).isEqualTo("Meters");
        assertThat(server.last().uri()).isEqualTo(BASE + "/products/p?app_id=space-1");
    }

    @Test
    void asksForNothingElse() {
        ApplicationSide side = side();

        assertThatThrownBy(() -> side.product("../devices/meter-1")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void asksForAShadow() {
        server.answers(200, body("{'device_id':'meter-1','shadow':[]}")).fails(1, 404, "IOTDA.014000");
        ApplicationSide side = side();

        assertThat(found(side.shadow(DEVICE)).services()).isEmpty();
        assertThat(answer(side.shadow(DEVICE))).isInstanceOf(Answer.Absent.class);
        assertThat(server.last().uri()).isEqualTo(BASE + "/devices/meter-1/shadow");
    }

    @Test
    void listsDevicesPageByPage() {
        String full = IntStream.range(0, DevicePage.LIMIT)
                .mapToObj(i -> "{'device_id':'d" + i + "'}")
                .collect(Collectors.joining(","));
        server.answers(200, body("{'devices':[" + full + "],'page':{'count':51,'marker':'" + NEXT + "'}}"))
                .answers(200, body("{'devices':[{'device_id':'d50'}],'page':{'count':51}}"));
        ApplicationSide side = side();
        DeviceQuery query =
                new DeviceQuery(Optional.of("p"), Optional.of(new DeviceId("gateway-1")), Optional.of("0001"));

        DevicePage first = found(side.devices(query));
        DevicePage second = found(side.devices(query, first));

        assertThat(first.devices()).hasSize(50);
        assertThat(second.next()).isEmpty();
        assertThat(server.requests())
                .extracting(Request::uri)
                .containsExactly(
                        BASE
                                + "/devices?gateway_id=gateway-1&limit=50&marker=ffffffffffffffffffffffff&node_id=0001&product_id=p",
                        BASE + "/devices?gateway_id=gateway-1&limit=50&marker=" + NEXT + "&node_id=0001&product_id=p");
        assertIsSigned(server.last(), "RELAYAK", "RelaySk");
    }

    @Test
    void signsWithWhatTheFilesContainAtTheTime() {
        MountedSecret key = new MountedSecret(directory.resolve("key"));
        key.write(Map.of("id", "FIRST", "secret", "first-sk\n"));
        ApplicationSide side =
                side(Configured.at(server.endpoint()).keyFiles(key.location("id"), key.location("secret")));
        server.fails(2, 404, "IOTDA.014000");

        assertThat(answer(side.device(DEVICE)).code()).isEqualTo("absent");
        assertIsSigned(server.last(), "FIRST", "first-sk");
        key.write(Map.of("id", "SECOND", "secret", "second-sk\n"));
        assertThat(answer(side.device(DEVICE)).code()).isEqualTo("absent");
        assertIsSigned(server.last(), "SECOND", "second-sk");
    }

    @Test
    void aKeyThatCannotBeReadIsAMistake() {
        String nowhere = directory.resolve("none").toString();

        assertThat(answer(side(Configured.at(server.endpoint()).keyFiles(nowhere, nowhere))
                        .device(DEVICE)))
                .isEqualTo(new Answer.Misconfigured<>(
                        "the access key of relay.platform: " + nowhere + " cannot be read (NoSuchFileException)",
                        true));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void isNotAskedWhileItFails() {
        server.fails(5, 503, "");
        ApplicationSide side = side();

        for (int i = 0; i < 5; i++) {
            assertThat(answer(side.device(DEVICE)))
                    .isEqualTo(new Answer.Unreachable<>("the application side answers HTTP 503: words", true));
        }
        Answer<Device> next = answer(side.device(DEVICE));

        assertThat(next).isInstanceOf(Answer.Withheld.class);
        assertThat(next.describe()).contains("circuit breaker is open: the application side answers HTTP 503");
        assertThat(server.requests()).hasSize(5);
        assertThat(requests("get-device", "withheld")).isEqualTo(1);
        assertThat(side.status().breaker()).isEqualTo("OPEN");
        assertThat(side.status().trouble().orElseThrow().misconfigured()).isFalse();
    }

    /** Shadows may be slow, and devices be read well. */
    @Test
    void aKindOfCallThatAlwaysFailsStopsNoOther() {
        server.fails(5, 503, "").fails(2, 404, "IOTDA.014000");
        ApplicationSide side = side();
        for (int i = 0; i < 5; i++) {
            assertThat(answer(side.shadow(DEVICE)).code()).isEqualTo("unreachable");
        }

        assertThat(answer(side.device(DEVICE)).code()).isEqualTo("absent");
        assertThat(answer(side.shadow(DEVICE)).describe())
                .contains("circuit breaker is open: the application side answers HTTP 503");
        assertThat(answer(side.device(DEVICE)).code()).isEqualTo("absent");
        assertThat(server.requests()).hasSize(7);
        assertThat(side.status().trouble().orElseThrow().detail())
                .startsWith("get-shadow: the application side answers HTTP 503");
        assertThat(side.status().breaker()).isEqualTo("OPEN");
    }

    /** Where nothing can be sent, no kind of call is tried. */
    @Test
    void whatKeepsRequestsFromBeingSentStopsAllCalls() {
        String nowhere = directory.resolve("none").toString();
        ApplicationSide side = side(Configured.at(server.endpoint()).keyFiles(nowhere, nowhere));
        for (int i = 0; i < 5; i++) {
            assertThat(answer(side.shadow(DEVICE)).code()).isEqualTo("misconfigured");
        }

        assertThat(answer(side.device(DEVICE)).code()).isEqualTo("withheld");
    }

    /** What a device is refused for says nothing about the application side. */
    @Test
    void isAskedAllTheSameWhileItRefuses() {
        server.fails(10, 400, "IOTDA.000006")
                .fails(10, 404, "IOTDA.014000")
                .answers(200, body("{'device_id':'meter-1'}"));
        ApplicationSide side = side();

        for (int i = 0; i < 20; i++) {
            assertThat(answer(side.device(DEVICE)).code()).isIn("refused", "absent");
        }
        assertThat(found(side.device(DEVICE)).id()).isEqualTo(DEVICE);
        assertThat(side.status().trouble()).isEmpty();
    }

    @Test
    void aRefusedKeyIsAMistakeThatPasses() {
        server.fails(1, 401, "IOTDA.000002").fails(1, 404, "IOTDA.014000");
        ApplicationSide side = side();

        assertThat(answer(side.device(DEVICE))).isInstanceOf(Answer.Misconfigured.class);
        assertThat(side.status().trouble().orElseThrow().misconfigured()).isTrue();
        assertThat(side.status().trouble().orElseThrow().detail()).contains("check the access key");
        assertThat(answer(side.device(DEVICE)).code()).isEqualTo("absent");
        assertThat(side.status().trouble()).isEmpty();
    }

    /** The others go on, and the log says it once. */
    @Test
    void aRightThatOneCallLacksConcernsOnlyThatCall() {
        Logger logger = (Logger) LoggerFactory.getLogger(Condition.class);
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        logger.addAppender(logged);
        ApplicationSide side = side();
        try {
            for (int i = 0; i < 10; i++) {
                server.fails(1, 403, "IOTDA.000021").fails(1, 404, "IOTDA.014000");
                assertThat(answer(side.create(NEW)).code()).isEqualTo("misconfigured");
                assertThat(answer(side.device(DEVICE)).code()).isEqualTo("absent");
            }
            server.fails(20, 403, "IOTDA.001000");
            for (int i = 0; i < 20; i++) {
                assertThat(answer(side.product("p")).code()).isEqualTo("misconfigured");
            }
        } finally {
            logger.detachAppender(logged);
        }

        assertThat(side.status().breaker()).isEqualTo("CLOSED");
        assertThat(side.status().trouble().orElseThrow().detail())
                .startsWith("create-device: the application side answers HTTP 403 IOTDA.000021");
        assertThat(logged.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.WARN);
    }

    @Test
    void slowsDownWhenThrottled() {
        server.answers(429, "", Map.of("Retry-After", "0"));
        ApplicationSide side = side(Configured.at(server.endpoint()).rate(50));

        assertThat(answer(side.device(DEVICE)))
                .isEqualTo(
                        new Answer.Throttled<>(new Answer.Said(429, Optional.empty(), ""), Optional.of(Duration.ZERO)));

        assertThat(side.status().rate()).isLessThan(50);
        assertThat(side.status().trouble()).isEmpty();
    }

    /** Otherwise they would wait for a connection, with their time running. */
    @Test
    void sendsOnlySoManyAtATime() {
        ApplicationSide side = side(Configured.at(server.endpoint()).patient());
        List<Disposable> asked = askAndWait(side);

        Mono<Answer<Device>> next = side.device(DEVICE).cache();
        asked.add(next.subscribe());
        await().atMost(PATIENCE).until(() -> side.status().waiting() == 1);
        assertThat(server.requests()).hasSize(HttpTransport.MAX_CONNECTIONS);

        server.fails(1, 404, "IOTDA.014000");
        asked.removeFirst().dispose();
        assertThat(answer(next).code()).isEqualTo("absent");
        assertThat(side.status().waiting()).isZero();
        asked.forEach(Disposable::dispose);
    }

    /** As many calls as may be outstanding, of which none is answered. */
    private List<Disposable> askAndWait(ApplicationSide side) {
        List<Disposable> asked = new ArrayList<>();
        for (int i = 0; i < HttpTransport.MAX_CONNECTIONS; i++) {
            server.answers(AppServer.NEVER, "");
            asked.add(side.device(DEVICE).subscribe());
        }
        await().atMost(PATIENCE).until(() -> server.requests().size() == HttpTransport.MAX_CONNECTIONS);
        return asked;
    }

    @Test
    void answersOnItsOwnThread() {
        server.fails(1, 503, "");
        breaker = Limits.callBreaker(clock);
        for (int i = 0; i < 5; i++) {
            breaker.failed("no");
        }
        ApplicationSide side = side();

        assertThat(side.device(DEVICE)
                        .map(answer ->
                                answer.code() + " on " + Thread.currentThread().getName())
                        .block(PATIENCE))
                .startsWith("withheld on relay-platform");
    }

    @Test
    void aSlowAnswerIsNone() {
        server.answers(AppServer.NEVER, "");

        assertThat(answer(side().create(NEW)))
                .isEqualTo(new Answer.Unreachable<>("the application side does not answer in time", true));
    }

    @Test
    void knowsThatNothingArrivedWhereNobodyListens() {
        Answer<Device> answer =
                answer(side(Configured.at("https://localhost:" + Ports.free())).create(NEW));

        assertThat(answer).isInstanceOfSatisfying(Answer.Unreachable.class, unreachable -> {
            assertThat(unreachable.mayHaveArrived()).isFalse();
            assertThat(unreachable.why()).startsWith("the application side: ");
        });
    }

    @Test
    void trustsNobodyElse() {
        Answer<Device> answer = answer(side(Configured.at(server.endpoint()), trust(Authority.create()))
                .device(DEVICE));

        assertThat(answer).isInstanceOf(Answer.Misconfigured.class);
        assertThat(answer.describe()).contains("the certificate is not signed by a trusted authority");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void trustsWhomARenewedBundleTrusts() {
        server.fails(1, 404, "IOTDA.014000");
        ApplicationSide side = side(Configured.at(server.endpoint()), trust(Authority.create()));
        assertThat(answer(side.device(DEVICE))).isInstanceOf(Answer.Misconfigured.class);

        opened.getFirst().use(trust(AUTHORITY));

        assertThat(answer(side.device(DEVICE)).code()).isEqualTo("absent");
    }

    @Test
    void readsNoEndlessAnswer() {
        server.answers(200, "x".repeat(HttpReply.MAX_BODY + 1)).fails(1, 404, "IOTDA.014000");
        ApplicationSide side = side();

        assertThat(answer(side.product("p")).describe()).contains("more than 4194304 bytes");
        assertThat(answer(side.device(DEVICE)).code()).as("the next one").isEqualTo("absent");
    }

    @Test
    void followsNobodyElsewhere() {
        server.answers(302, "", Map.of("Location", server.endpoint() + "/elsewhere"));

        assertThat(answer(side().device(DEVICE))).isInstanceOf(Answer.Misconfigured.class);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void whoGivesUpLeavesNothingBehind() {
        ApplicationSide side = side(Configured.at(server.endpoint()).patient());
        List<Disposable> asked = askAndWait(side);
        asked.add(side.device(DEVICE).subscribe());
        await().atMost(PATIENCE).until(() -> side.status().waiting() == 1);

        asked.reversed().forEach(Disposable::dispose);

        server.fails(1, 404, "IOTDA.014000");
        assertThat(answer(side.device(DEVICE)).code()).isEqualTo("absent");
        assertThat(server.requests()).as("not the one that waited").hasSize(HttpTransport.MAX_CONNECTIONS + 1);
        assertThat(side.status().waiting()).isZero();
        assertThat(side.status().trouble()).isEmpty();
    }

    /** Otherwise no call could ever probe again. */
    @Test
    void aProbeThatIsGivenUpMakesRoomForAnother() {
        breaker = Limits.impatientBreaker(clock);
        server.fails(1, 503, "").answers(AppServer.NEVER, "").fails(1, 404, "IOTDA.014000");
        ApplicationSide side = side();
        assertThat(answer(side.device(DEVICE)).code()).isEqualTo("unreachable");
        await().atMost(PATIENCE).until(() -> side.status().breaker().equals("HALF_OPEN"));

        Disposable probe = side.device(DEVICE).subscribe();
        await().atMost(PATIENCE).until(() -> server.requests().size() == 2);
        assertThat(answer(side.device(DEVICE)).code()).isEqualTo("withheld");
        probe.dispose();

        assertThat(answer(side.device(DEVICE)).code()).isEqualTo("absent");
        assertThat(side.status().breaker()).isEqualTo("CLOSED");
    }

    @ParameterizedTest
    @EnumSource
    void goesThroughAProxy(LocalProxy.Kind kind) {
        server.fails(1, 404, "IOTDA.014000");
        try (LocalProxy proxy = LocalProxy.start(kind)) {
            ApplicationSide side = side(Configured.at(server.endpoint()).through(proxy(kind, proxy.port())));
            assertThat(answer(side.device(DEVICE)).code()).isEqualTo("absent");
        }
        int nobody = Ports.free();
        ApplicationSide side = side(Configured.at(server.endpoint()).through(proxy(kind, nobody)));
        assertThat(answer(side.device(DEVICE)).describe())
                .startsWith("the application side: the proxy 127.0.0.1:" + nobody + " cannot be reached");
    }

    @Test
    void aProxysCredentialsAreNotTheAccessKey() {
        String nowhere = directory.resolve("none").toString();
        ProxyProperties proxy =
                new ProxyProperties(Protocol.HTTP, "127.0.0.1", Ports.free(), "relay", null, nowhere, List.of());

        Answer<Device> answer =
                answer(side(Configured.at(server.endpoint()).through(proxy)).device(DEVICE));

        assertThat(answer)
                .isEqualTo(new Answer.Misconfigured<>(
                        "the application side: the credentials of relay.platform.proxy: " + nowhere
                                + " cannot be read (NoSuchFileException)",
                        true));
    }

    private static ProxyProperties proxy(LocalProxy.Kind kind, int port) {
        Protocol type = kind == LocalProxy.Kind.HTTP ? Protocol.HTTP : Protocol.SOCKS5;
        return new ProxyProperties(type, "127.0.0.1", port, null, null, null, List.of());
    }

    @Test
    void saysWhenTheRelayIsBeingStopped() {
        ApplicationSide side = side();
        opened.removeFirst().close();

        assertThat(answer(side.device(DEVICE))).isInstanceOf(Answer.Withheld.class);
    }

    @Test
    void answersAllWhoWaitWhenTheRelayIsBeingStopped() {
        ApplicationSide side = side(Configured.at(server.endpoint()).patient());
        List<Mono<Answer<Device>>> asked = new ArrayList<>();
        for (int i = 0; i <= HttpTransport.MAX_CONNECTIONS; i++) {
            server.answers(AppServer.NEVER, "");
            asked.add(side.device(DEVICE).cache());
            Disposable unused = asked.getLast().subscribe();
        }
        await().atMost(PATIENCE).until(() -> server.requests().size() == HttpTransport.MAX_CONNECTIONS);
        await().atMost(PATIENCE).until(() -> side.status().waiting() == 1);

        opened.removeFirst().close();

        assertThat(answer(asked.removeLast())).isEqualTo(new Answer.Withheld<>("the relay is being stopped"));
        assertThat(asked)
                .allSatisfy(call -> assertThat(answer(call))
                        .isInstanceOfSatisfying(
                                Answer.Unreachable.class,
                                unreachable ->
                                        assertThat(unreachable.mayHaveArrived()).isTrue()));
    }

    /** What it asks for may have been done. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void saysWhetherACallWasSentThatTheStopInterrupts(boolean sent) {
        breaker = Limits.impatientBreaker(clock);
        breaker.failed("no");
        await().atMost(PATIENCE).until(() -> !breaker.isOpen());
        Sinks.One<HttpReply> reply = Sinks.one();
        CountDownLatch asked = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        ApplicationSide side = side(
                (request, signed, told) -> {
                    if (sent) {
                        told.run();
                    }
                    asked.countDown();
                    return reply.asMono();
                },
                new AccessKeys(() -> "AK", () -> "SK", false),
                Schedulers.fromExecutorService(thread));
        Mono<Answer<Device>> call = side.device(DEVICE).cache();
        Disposable unused = call.subscribe();
        await().atMost(PATIENCE).until(() -> asked.getCount() == 0);

        thread.shutdownNow();
        reply.tryEmitValue(new HttpReply(200, Unsigned.NO_BODY, Optional.empty(), false))
                .orThrow();

        assertThat(answer(call))
                .isEqualTo(
                        sent
                                ? new Answer.Unreachable<>("the relay is being stopped", true)
                                : new Answer.Withheld<>("the relay is being stopped"));
        assertThat(requests("get-device", sent ? "unreachable" : "withheld")).isEqualTo(1);
        assertThat(breaker.tryAcquire()).as("the probe's permission").isTrue();
    }

    /** A mount may hang: the time is that of the whole call. */
    @Test
    void doesNotWaitForEverForAKey() {
        CountDownLatch never = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        AccessKeys.Source hanging = () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "AK";
        };
        try {
            ApplicationSide side = side(
                    (request, signed, told) -> Mono.never(),
                    new AccessKeys(hanging, hanging, true),
                    Schedulers.fromExecutorService(thread));

            assertThat(answer(side.device(DEVICE)))
                    .isEqualTo(new Answer.Unreachable<>("the application side does not answer in time", false));
            assertThat(breaker.status().lastFailure()).isPresent();
        } finally {
            never.countDown();
            thread.shutdownNow();
        }
    }

    /** An event loop that ends may lose what it was to do: whoever waits for that would wait for ever. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void endsCallsBeforeItsEventLoopEnds(boolean sent) {
        VirtualTimeScheduler loop = VirtualTimeScheduler.create();
        Pace pace = pace(loop);
        ApplicationSide side = side(
                (request, signed, told) -> {
                    if (sent) {
                        told.run();
                    }
                    return Mono.never();
                },
                new AccessKeys(() -> "AK", () -> "SK", false),
                loop,
                pace);
        List<Answer<Device>> answers = new ArrayList<>();
        Disposable unused = side.device(DEVICE).subscribe(answers::add);
        loop.advanceTime();

        pace.close();
        loop.advanceTime();

        assertThat(answers)
                .containsExactly(
                        sent
                                ? new Answer.Unreachable<>("the relay is being stopped", true)
                                : new Answer.Withheld<>("the relay is being stopped"));
        assertThat(requests("get-device", sent ? "unreachable" : "withheld")).isEqualTo(1);
    }

    private Pace pace(Scheduler loop) {
        return new Pace(new RateLimiter(1000, System::nanoTime), 1, loop, breaker::isOpen, System::nanoTime);
    }

    private ApplicationSide side(Transport transport, AccessKeys keys, Scheduler loop) {
        return side(transport, keys, loop, pace(loop));
    }

    /** The client without a network. */
    private ApplicationSide side(Transport transport, AccessKeys keys, Scheduler loop, Pace pace) {
        PlatformProperties properties = Configured.at(server.endpoint()).properties();
        Egress egress = new Egress(properties.origin(), null, "relay.platform", Duration.ofSeconds(2));
        return new ApplicationClient(
                properties,
                keys,
                new ApplicationClient.Tools(
                        transport,
                        egress.failures(),
                        pace,
                        breaker,
                        new ApplicationMeters(registry),
                        loop,
                        clock,
                        System::nanoTime));
    }

    @Test
    void logsNothingThatIsSecret() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        root.addAppender(logged);
        root.setLevel(Level.DEBUG);
        List<String> answers = new ArrayList<>();
        try {
            server.answers(201, body("{'device_id':'meter-1','auth_info':{'secret':'secretOfADevice'}}"));
            echoes(400, "IOTDA.000006", "secretOfADevice is weak");
            echoes(401, "IOTDA.000002", "RELAYAK and RelaySk do not match");
            ApplicationSide side = side();
            answers.add(answer(side.create(NEW)).toString());
            answers.add(answer(side.create(NEW)).toString());
            answers.add(answer(side.device(DEVICE)).toString());
            answers.add(side.status().toString());
        } finally {
            root.setLevel(before);
            root.detachAppender(logged);
        }

        String signature = server.last().headers().get("authorization").replaceAll(".*Signature=", "");
        assertThat(answers.toString()).contains("(hidden) is weak", "(hidden) and (hidden) do not match");
        assertThat(answers.toString() + all(logged.list))
                .doesNotContain("secretOfADevice", "RelaySk", "RELAYAK", signature);
    }

    private void echoes(int status, String code, String words) {
        server.answers(status, body("{'error_code':'" + code + "','error_msg':'" + words + "'}"));
    }

    private static String all(List<ILoggingEvent> events) {
        return events.stream()
                .map(event -> event.getFormattedMessage()
                        + event.getKeyValuePairs()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                .collect(Collectors.joining("\n"));
    }

    /** What arrived is what was signed: the path, the query, the headers that are named, and the very bytes of the body. */
    private void assertIsSigned(Request request, String id, String secret) {
        String authorization = request.headers().get("authorization");
        assertThat(authorization).startsWith("V11-HMAC-SHA256 Credential=" + id + "/20261127/cn-north-4/iotdm, ");
        String names = authorization.replaceAll(".*SignedHeaders=([^,]*),.*", "$1");
        TreeMap<String, String> headers = new TreeMap<>();
        Arrays.stream(names.split(";", -1))
                .filter(name -> !name.equals("host") && !name.equals("x-sdk-date"))
                .forEach(name -> headers.put(name, request.headers().get(name)));
        URI uri = URI.create(request.uri());
        List<Parameter> query = uri.getQuery() == null
                ? List.of()
                : Arrays.stream(uri.getQuery().split("&", -1))
                        .map(pair -> pair.split("=", 2))
                        .map(pair -> new Parameter(pair[0], pair[1]))
                        .toList();
        Unsigned arrived = new Unsigned(
                request.method(),
                request.headers().get("host"),
                uri.getPath(),
                query,
                headers,
                request.body().getBytes(StandardCharsets.UTF_8));

        assertThat(new Signer(new Scheme.Derived("cn-north-4", "iotdm"))
                        .sign(arrived, new AccessKey(id, secret), clock.instant())
                        .authorization())
                .isEqualTo(authorization);
    }
}
