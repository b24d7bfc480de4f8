package io.iotdarelay.iotda;

import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.platform.PlatformContact.Trouble;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.tracing.RequestTrace;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What one device asks the platform, and waits for. */
final class Asking {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final String SECRET = "12345678";
    private static final DeviceCredentials CREDENTIALS = new DeviceCredentials(device("d"), new DeviceSecret(SECRET));

    private final IotdaClients clients;
    private final PlatformClient client;

    Asking(IotdaClients clients) {
        this.clients = clients;
        this.client = clients.clients().getFirst();
    }

    /** Tells the simulator of the device. */
    static Simulator known(Simulator simulator) {
        simulator.register(SimulatedDevice.direct("d", SECRET));
        return simulator;
    }

    Authentication authenticate() {
        return Objects.requireNonNull(client.authenticate(CREDENTIALS).block(WAIT));
    }

    AccessToken token() {
        Authentication answer = authenticate();
        assertThat(answer).isInstanceOf(Authentication.Granted.class);
        return ((Authentication.Granted) answer).token();
    }

    /** Why the device got no token. */
    Verdict denied() {
        Authentication answer = authenticate();
        assertThat(answer).isInstanceOf(Authentication.Denied.class);
        return ((Authentication.Denied) answer).verdict();
    }

    Verdict report(AccessToken token) {
        return Objects.requireNonNull(client.report(
                        token,
                        List.of(properties("d", "{\"service_id\":\"S\",\"properties\":{\"p\":1}}")),
                        RequestTrace.NONE)
                .block(WAIT));
    }

    Optional<Trouble> contact() {
        return Objects.requireNonNull(clients.handshake().block(WAIT));
    }

    /** The device is not to blame: the platform cannot be reached. */
    void assertOutage(String why) {
        assertThat(denied())
                .isInstanceOfSatisfying(
                        Verdict.Unavailable.class,
                        outage -> assertThat(outage.why()).isEqualTo(why));
        assertThat(contact()).hasValue(new Trouble(why, false));
    }

    /** The device is not to blame: only another configuration helps. */
    void assertMisconfigured(String why) {
        assertThat(denied()).isEqualTo(new Verdict.Misconfigured(why, Optional.empty()));
        assertThat(contact()).hasValue(new Trouble(why, true));
    }
}
