package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityFetchTest {

    private static final String ONE = "-----BEGIN CERTIFICATE-----\none\n";
    private static final String OTHER = "-----BEGIN CERTIFICATE-----\nother\n";

    private final HttpServer server;
    private final List<String> notices = new ArrayList<>();
    private volatile int status = 200;
    private volatile String authority = ONE;

    @TempDir
    private Path folder;

    AuthorityFetchTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = authority.getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void writesItAgainWhereItHasChanged() throws IOException {
        Path file = folder.resolve("ca.pem");
        try (AuthorityFetch fetch = new AuthorityFetch(url(), file, notices::add)) {
            assertThat(fetch.isFetched()).isTrue();
            assertThat(file).hasContent(ONE);
            assertThat(fetch.isFetched()).isTrue();
            assertThat(notices).containsExactly("wrote " + file);

            authority = OTHER;
            assertThat(fetch.isFetched()).isTrue();
            assertThat(file).hasContent(OTHER);
        }
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void saysWhatItWaitsFor() throws IOException {
        Path file = folder.resolve("ca.pem");
        status = 404;
        try (AuthorityFetch fetch = new AuthorityFetch(url(), file, notices::add)) {
            for (int i = 0; i < 31; i++) {
                assertThat(fetch.isFetched()).isFalse();
            }
            status = 200;
            authority = "<html>";
            assertThat(fetch.isFetched()).isFalse();
            server.stop(0);
            assertThat(fetch.isFetched()).isFalse();
        }

        assertThat(file).doesNotExist();
        assertThat(notices)
                .containsExactly(
                        "waiting for " + url() + ": it answers 404, and no certificate",
                        "waiting for " + url() + ": it answers 404, and no certificate",
                        "waiting for " + url() + ": it answers 200, and no certificate",
                        "waiting for " + url() + ": no answer (ConnectException)");
    }

    @Test
    void refusesAnAddressThatIsNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AuthorityFetch("simulator:8081", folder, notices::add));
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/ca.pem";
    }
}
