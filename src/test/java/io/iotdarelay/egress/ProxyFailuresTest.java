package io.iotdarelay.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.egress.ProxyProperties.Protocol;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.proxy.ProxyConnectException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Netty says of a proxy's refusal, and what it means. */
class ProxyFailuresTest {

    private static final String PROXY = "the proxy proxy.example:3128 ";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        HTTP   | status: 407 Proxy Authentication Required | asks for credentials (HTTP 407)
        HTTP   | status: 401 Unauthorized                  | asks for credentials (HTTP 401)
        HTTP   | status: 403 Filtered                      | does not let the relay connect to platform.example (HTTP 403)
        HTTP   | status: 405 Not Allowed                   | does not let the relay connect to platform.example (HTTP 405)
        HTTP   | status: 999 Unknown                       | does not speak HTTP
        SOCKS5 | unexpected authMethod: UNACCEPTED(255)    | asks for credentials
        SOCKS5 | authStatus: FAILURE(1)                    | asks for credentials
        SOCKS5 | status: FORBIDDEN(2)                      | does not let the relay connect to platform.example (forbidden)
        """)
    void isAMistakeWhereOnlyAnotherConfigurationHelps(Protocol type, String said, String told) {
        assertThat(classify(type, said)).isEqualTo(new NetworkTrouble(PROXY + told, true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        HTTP   | status: 500 Unable to connect  | cannot connect to platform.example (HTTP 500)
        HTTP   | status: 503 Service Unavailable | cannot connect to platform.example (HTTP 503)
        HTTP   | status: 404 No such domain     | cannot connect to platform.example (HTTP 404)
        HTTP   | timeout                        | did not connect to platform.example in time
        HTTP   | disconnected                   | closed the connection before it was connected to platform.example
        HTTP   | missing response               | closed the connection before it was connected to platform.example
        SOCKS5 | status: HOST_UNREACHABLE(4)    | cannot connect to platform.example (host unreachable)
        SOCKS5 | status: FAILURE(1)             | cannot connect to platform.example (failure)
        """)
    void isAnOutageOtherwise(Protocol type, String said, String told) {
        assertThat(classify(type, said)).isEqualTo(new NetworkTrouble(PROXY + told, false));
    }

    @Test
    void repeatsNothingElseThatTheProxySaid() {
        assertThat(classify(Protocol.HTTP, "status: 403 <script>\nforged line").detail())
                .endsWith("(HTTP 403)");
        assertThat(classify(Protocol.HTTP, "something, status: 407 else").detail())
                .isEqualTo(PROXY + "closed the connection before it was connected to platform.example");
    }

    @Test
    void noticesAnotherProtocol() {
        ProxyConnectException failure =
                new ProxyConnectException(message("DecoderException: version"), new DecoderException("version"));

        assertThat(failures(Protocol.SOCKS5, null).classify(failure))
                .isEqualTo(new NetworkTrouble(PROXY + "does not speak SOCKS5", true));
    }

    @Test
    void distinguishesWrongCredentialsFromNone() {
        assertThat(failures(Protocol.HTTP, "file:/password")
                        .classify(new ProxyConnectException(message("status: 407 x")))
                        .detail())
                .isEqualTo(PROXY + "refuses the relay's credentials (HTTP 407)");
    }

    private static NetworkTrouble classify(Protocol type, String said) {
        return failures(type, null).classify(new ProxyConnectException(message(said)));
    }

    private static String message(String said) {
        return "http, none, proxy.example/10.0.0.7:3128 => platform.example/<unresolved>:443, " + said;
    }

    private static ProxyFailures failures(Protocol type, @Nullable String passwordFile) {
        return new ProxyFailures(
                new ProxyProperties(
                        type,
                        "proxy.example",
                        3128,
                        passwordFile == null ? null : "relay",
                        null,
                        passwordFile,
                        List.of()),
                "platform.example");
    }
}
