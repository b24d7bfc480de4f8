package io.iotdarelay.iotda;

import static io.iotdarelay.iotda.TestNames.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.platform.Verdict;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.testing.Ports;
import io.iotdarelay.testing.TcpProxy;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The platform's name, and the addresses behind it. */
@Timeout(60)
class AddressesTest {

    private static final String NAME = "localhost";

    private final Simulator simulator = Asking.known(Simulator.start());
    private final int port = URI.create(simulator.endpoint()).getPort();
    private final TestNames names = new TestNames();

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void triesAllAddresses() {
        names.put(NAME, loopback(Ports.free()), loopback(Ports.free()), loopback(port));
        try (IotdaClients clients = platform().start()) {
            Asking asking = new Asking(clients);

            assertThat(asking.contact()).isEmpty();
            assertThat(asking.report(asking.token())).isEqualTo(new Verdict.Accepted());
        }
    }

    @Test
    void saysWhatTheLastAddressDid() {
        int last = Ports.free();
        names.put(NAME, loopback(Ports.free()), loopback(last));
        try (IotdaClients clients = platform().start()) {
            assertThat(new Asking(clients).denied())
                    .isInstanceOfSatisfying(
                            Verdict.Unavailable.class,
                            outage -> assertThat(outage.why()).contains("Connection refused", ":" + last));
        }
    }

    @Test
    void namesTheNameThatCannotBeResolved() {
        try (IotdaClients clients = platform().start()) {
            new Asking(clients).assertOutage("cannot resolve localhost");
        }
    }

    @Test
    void waitsForDnsNoLongerThanForAConnection() {
        names.silence();
        try (IotdaClients clients = platform().start()) {
            new Asking(clients).assertOutage("cannot resolve localhost: DNS does not answer");
        }
    }

    @Test
    void asksNobodyForAnAddress() {
        try (IotdaClients clients = TestClients.of("https://127.0.0.1:" + port)
                .trusting(simulator.certificateAuthority())
                .resolving(names)
                .start()) {
            assertThat(new Asking(clients).token()).isNotNull();
        }
        assertThat(names.asked()).isEmpty();
    }

    @Test
    void keepsAConnectionAsLongAsItMay() {
        names.put(NAME, loopback(port));
        try (IotdaClients clients = platform().start()) {
            Asking asking = new Asking(clients);
            AccessToken token = asking.token();
            for (int i = 0; i < 10; i++) {
                assertThat(asking.report(token)).isEqualTo(new Verdict.Accepted());
            }
        }
        assertThat(simulator.handshakes()).isOne();
    }

    /** The former address still works: nothing but the connections' age makes the relay follow. */
    @Test
    void followsAnAddressThatChangesThoughItsConnectionsAreBusy() {
        try (TcpProxy former = TcpProxy.open().forwardTo(port).remember();
                TcpProxy latter = TcpProxy.open().forwardTo(port).remember();
                IotdaClients clients = platform().maxAge(Duration.ofSeconds(1)).start()) {
            names.put(NAME, loopback(former.port()));
            Asking asking = new Asking(clients);
            AccessToken token = asking.token();
            assertThat(latter.seen()).isEmpty();

            names.put(NAME, loopback(latter.port()));

            await().pollInterval(Duration.ofMillis(20)).until(() -> {
                assertThat(asking.report(token)).isEqualTo(new Verdict.Accepted());
                return !latter.seen().isEmpty();
            });
            int before = former.seen().length();
            assertThat(asking.report(token)).isEqualTo(new Verdict.Accepted());
            assertThat(former.seen()).hasSize(before);
        }
    }

    private TestClients platform() {
        return TestClients.of("https://" + NAME + ":" + port)
                .trusting(simulator.certificateAuthority())
                .resolving(names);
    }
}
