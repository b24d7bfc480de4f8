package io.iotdarelay.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.metrics.AccessMeters;
import io.iotdarelay.testing.Logged;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

class ChangeLogTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @RegisterExtension
    final Logged log = Logged.by(ChangeLog.class);

    private final ChangeLog changes = new ChangeLog(new AccessMeters(registry));
    private final MockServerWebExchange exchange =
            MockServerWebExchange.from(MockServerHttpRequest.post("/actuator/routes/meters")
                    .remoteAddress(InetSocketAddress.createUnresolved("a-proxy-said-so", 1)));

    @Test
    void countsAndLogsWhatWasChanged() {
        changes.filter(exchange, answering(HttpStatus.OK)).block();

        assertThat(accepted()).isEqualTo(1);
        assertThat(logged()).containsPattern("A user changed something over HTTP.*status=\"200\"");
    }

    @Test
    void logsWhatFailedAndDoesNotCountIt() {
        changes.filter(exchange, answering(HttpStatus.NOT_FOUND)).block();

        assertThat(accepted()).isZero();
        assertThat(logged())
                .containsPattern("A user's change over HTTP failed.*status=\"404\"")
                .doesNotContain("changed something");
    }

    @Test
    void countsWhatMayHaveBeenChangedWhenTheClientWentAway() {
        changes.filter(exchange, any -> Mono.never()).subscribe().dispose();

        assertThat(accepted()).isEqualTo(1);
        assertThat(logged()).containsPattern("A user may have changed something over HTTP.*status=\"unknown\"");
    }

    /** An address that cannot be read must not count as that of whoever is on the same machine. */
    @Test
    void namesNoLoopbackForAnAddressThatIsNotKnown() {
        changes.filter(exchange, answering(HttpStatus.OK)).block();

        assertThat(logged()).contains("address=\"0.0.0.0\"");
    }

    @Test
    void saysNothingAboutReading() {
        MockServerWebExchange reading = MockServerWebExchange.from(MockServerHttpRequest.get("/actuator/routes"));

        changes.filter(reading, answering(HttpStatus.OK)).block();

        assertThat(accepted()).isZero();
        assertThat(logged()).doesNotContain("over HTTP");
    }

    private static WebFilterChain answering(HttpStatus status) {
        return exchange -> Mono.fromRunnable(() -> exchange.getResponse().setStatusCode(status));
    }

    private String logged() {
        return log.lines().stream()
                .map(event -> event.getMessage() + " " + event.getKeyValuePairs())
                .collect(Collectors.joining("\n"));
    }

    private double accepted() {
        return registry.get("relay.changes")
                .tag("outcome", "accepted")
                .counter()
                .count();
    }
}
