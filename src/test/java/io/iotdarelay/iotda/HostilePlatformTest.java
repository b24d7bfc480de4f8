package io.iotdarelay.iotda;

import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.simulator.Impostor;
import io.iotdarelay.simulator.Impostor.Speech;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.tracing.RequestTrace;
import io.iotdarelay.tracing.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the server responds, there is a verdict within the timeout, and the memory used is bounded. */
class HostilePlatformTest {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final AccessToken TOKEN = new AccessToken("the-token-of-d");
    private static final DeviceCredentials CREDENTIALS =
            new DeviceCredentials(device("d"), new DeviceSecret("12345678"));

    static Stream<Arguments> garbledAnswers() {
        return Stream.of(
                garbled("no HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n"),
                garbled("a page without a status line", "<html><body>hello</body></html>\r\n\r\n"),
                garbled("a status that is not a number", "HTTP/1.1 abc\r\n\r\n"),
                garbled("a length that is not a number", "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n"),
                garbled("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
                garbled("a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
                garbled("a chunk of no size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n"),
                garbled("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"),
                garbled("a header without end", "HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000) + "\r\n\r\n"),
                garbled("too many headers", "HTTP/1.1 200 OK\r\n" + "X-Header: 1234567890\r\n".repeat(10_000) + "\r\n"),
                garbled("the token, and nothing of HTTP", "HTTP/1.1 the-token-of-d\r\n\r\n"));
    }

    private static Arguments garbled(String name, String bytes) {
        return Arguments.of(name, bytes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("garbledAnswers")
    void takesAGarbledAnswerForTrouble(String name, String bytes) {
        try (Impostor impostor = Impostor.saying(bytes);
                IotdaClients clients = clients(impostor)) {
            assertThat(report(clients))
                    .isInstanceOfSatisfying(
                            Verdict.Unavailable.class,
                            verdict -> assertThat(verdict.why())
                                    .isNotBlank()
                                    .hasSizeLessThan(400)
                                    .doesNotContain(TOKEN.value()));
            assertThat(denied(clients)).isInstanceOf(Verdict.Unavailable.class);
        }
    }

    @Test
    void takesAServerWithoutTlsForAMistake() {
        try (Impostor impostor = Impostor.inTheClear("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                IotdaClients clients = clients(impostor)) {
            assertThat(report(clients))
                    .isEqualTo(new Verdict.Misconfigured("the server does not speak TLS", java.util.Optional.empty()));
        }
    }

    @Test
    void hearsNoMoreThanTheBeginningOfAHugeAnswer() {
        Speech huge = out -> {
            out.write(ascii("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 104857600\r\n\r\n"));
            byte[] block = ascii("x".repeat(65_536));
            for (int i = 0; i < 1600; i++) {
                out.write(block);
            }
        };
        try (Impostor impostor = Impostor.trusted(huge);
                IotdaClients clients = clients(impostor)) {
            long start = System.nanoTime();
            assertThat(report(clients))
                    .isInstanceOfSatisfying(
                            Verdict.Unavailable.class,
                            verdict -> assertThat(verdict.answer().orElseThrow().excerpt())
                                    .hasSize(1024));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void waitsNoLongerThanItMayForAnAnswerThatTrickles() {
        Speech trickle = out -> {
            out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
            for (int i = 0; i < 1000; i++) {
                out.write('x');
                out.flush();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        };
        try (Impostor impostor = Impostor.trusted(trickle);
                IotdaClients clients = clients(impostor)) {
            long start = System.nanoTime();
            assertThat(report(clients)).isInstanceOf(Verdict.Unavailable.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void takesAnAnswerThatBreaksOffForTrouble() {
        Speech half = out -> {
            out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this"));
            out.flush();
            out.close();
        };
        try (Impostor impostor = Impostor.trusted(half);
                IotdaClients clients = clients(impostor)) {
            assertThat(report(clients)).isInstanceOf(Verdict.Unavailable.class);
        }
    }

    @Test
    void doesNotUnpackWhatItDidNotAskToBePacked() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream bomb = new GZIPOutputStream(packed)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 50; i++) {
                bomb.write(zeros);
            }
        }
        Speech speech = out -> {
            out.write(ascii("HTTP/1.1 400 Bad Request\r\nContent-Encoding: gzip\r\nContent-Length: " + packed.size()
                    + "\r\n\r\n"));
            packed.writeTo(out);
        };
        try (Impostor impostor = Impostor.trusted(speech);
                IotdaClients clients = clients(impostor)) {
            assertThat(report(clients))
                    .isInstanceOfSatisfying(
                            Verdict.Invalid.class,
                            verdict -> assertThat(verdict.said().excerpt()).hasSizeLessThanOrEqualTo(1024));
        }
    }

    @ParameterizedTest
    @MethodSource("strangeTokens")
    void acceptsNoInvalidToken(String json) {
        try (Impostor impostor = Impostor.trusted(out -> answer(out, 200, json));
                IotdaClients clients = clients(impostor)) {
            assertThat(denied(clients)).isInstanceOfAny(Verdict.DeviceTrouble.class, Verdict.Misaddressed.class);
        }
    }

    static Stream<String> strangeTokens() {
        return Stream.of(
                "",
                "{",
                "[]",
                "\"token\"",
                "{\"access_token\":null,\"expires_in\":86399}",
                "{\"access_token\":\"\",\"expires_in\":86399}",
                "{\"access_token\":\"a\\nHost: elsewhere\",\"expires_in\":86399}",
                "{\"access_token\":\"a b\",\"expires_in\":86399}",
                "{\"access_token\":\"" + "x".repeat(257) + "\",\"expires_in\":86399}",
                "{\"access_token\":\"abc\",\"expires_in\":0}",
                "{\"access_token\":\"abc\",\"expires_in\":-1}",
                "{\"access_token\":\"abc\",\"expires_in\":\"soon\"}",
                "{\"access_token\":\"abc\",\"expires_in\":1e99999999999999}",
                "{\"access_token\":\"abc\",\"expires_in\":1e-99999999999999}",
                "{\"access_token\":\"abc\",\"expires_in\":" + "9".repeat(5000) + "}",
                "{\"access_token\":\"\\ud800\",\"expires_in\":86399}",
                "{\"access_token\":" + "[".repeat(5000) + "]".repeat(5000) + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"error_code\":\"IOTDA.0000",
                "{\"error_code\":[1e99999999999999]}",
                "{\"error_code\":{\"a\":[]}}",
                "\0\0\0\0",
                "null"
            })
    void classifiesAnErrorThatIsNotJsonByItsStatus(String body) {
        try (Impostor impostor = Impostor.trusted(out -> answer(out, 400, body));
                IotdaClients clients = clients(impostor)) {
            assertThat(report(clients))
                    .isInstanceOfSatisfying(
                            Verdict.Invalid.class,
                            verdict -> assertThat(verdict.said().errorCode()).isNull());
        }
    }

    @Test
    void isNotConfusedByMoreThanWasAnnounced() {
        try (Impostor impostor = Impostor.saying("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
                        + "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n" + "more".repeat(1000));
                IotdaClients clients = clients(impostor)) {
            for (int i = 0; i < 3; i++) {
                assertThat(report(clients)).isInstanceOfAny(Verdict.Misaddressed.class, Verdict.Unavailable.class);
            }
        }
    }

    /** The password of an authentication is as good as the secret, and what is kept of an answer goes into dead letters. */
    @Test
    void keepsNothingOfTheRequestThatIsEchoed() {
        String password = Signature.of(CREDENTIALS.secret(), Instant.now()).password();
        try (Impostor impostor = Impostor.trusted(
                        out -> answer(out, 401, "no token for " + password + ", nor " + TOKEN.value()));
                IotdaClients clients = clients(impostor)) {
            assertThat(denied(clients))
                    .isInstanceOfSatisfying(
                            Verdict.DeviceRefused.class,
                            refused -> assertThat(refused.said().excerpt()).contains("no token for (secret)"));
            assertThat(report(clients))
                    .isInstanceOfSatisfying(
                            Verdict.InvalidToken.class,
                            invalid -> assertThat(invalid.said().excerpt()).contains("nor (secret)"));
        }
    }

    @Test
    void believesNoLifetimeBeyondReason() {
        String json = "{\"access_token\":\"abc\",\"expires_in\":9223372036854775807}";
        try (Impostor impostor = Impostor.trusted(out -> answer(out, 200, json));
                IotdaClients clients = clients(impostor)) {
            assertThat(clients.clients().getFirst().authenticate(CREDENTIALS).block(WAIT))
                    .isInstanceOfSatisfying(
                            Authentication.Granted.class,
                            granted -> assertThat(granted.expiresIn()).isLessThanOrEqualTo(Duration.ofDays(3650)));
        }
    }

    @Test
    void keepsNoErrorCodeThatIsNone() {
        String json = "{\"error_code\":\"IOTDA\\n2026-11-01 ERROR forged\",\"error_msg\":\"x\"}";
        try (Impostor impostor = Impostor.trusted(out -> answer(out, 400, json));
                IotdaClients clients = clients(impostor)) {
            assertThat(report(clients))
                    .isInstanceOfSatisfying(
                            Verdict.Invalid.class,
                            verdict -> assertThat(verdict.said().errorCode()).isNull());
        }
    }

    private static void answer(OutputStream out, int status, String body) throws IOException {
        out.write(ascii("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Verdict report(IotdaClients clients) {
        return Objects.requireNonNull(clients.clients()
                .getFirst()
                .report(TOKEN, List.of(properties("d", "{\"service_id\":\"S\",\"properties\":{}}")), RequestTrace.NONE)
                .block(WAIT));
    }

    private static Verdict denied(IotdaClients clients) {
        return switch (clients.clients().getFirst().authenticate(CREDENTIALS).block(WAIT)) {
            case Authentication.Denied denied -> denied.verdict();
            case Authentication.Granted ignored -> throw new AssertionError("granted");
            case Authentication.Postponed ignored -> throw new AssertionError("postponed");
            case null -> throw new AssertionError("no answer");
        };
    }

    private static IotdaClients clients(Impostor impostor) {
        IotdaProperties properties = new IotdaProperties(
                URI.create(impostor.endpoint()),
                null,
                0,
                Duration.ofSeconds(2),
                Duration.ofMillis(1500),
                Duration.ofSeconds(15),
                Duration.ofMinutes(10),
                4,
                null);
        return new IotdaClients(
                properties,
                1,
                TrustIn.authority(impostor.certificateAuthority()),
                new RequestMeters(new SimpleMeterRegistry()),
                Tracing.OFF,
                Clock.systemUTC(),
                System::nanoTime);
    }
}
