package io.iotdarelay.iotda;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.telemetry.PlatformAnswer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether the platform compares the time in an authentication with its own. */
class SignTypeTest {

    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    private final Simulator simulator =
            Asking.known(Simulator.start(new SimulatorOptions().clock(Clock.fixed(NOON, ZoneOffset.UTC))));

    @AfterEach
    void stop() {
        simulator.close();
    }

    @ParameterizedTest
    @CsvSource({"1, PT0S", "1, PT59M", "1, PT-1S", "1, PT-59M", "0, PT0S", "0, PT3H", "0, PT-8760H"})
    void takesATimeThatIsRightOrThatItDoesNotCompare(int signType, Duration ahead) {
        try (IotdaClients clients = clients(signType, ahead)) {
            assertThat(new Asking(clients).authenticate()).isInstanceOf(Authentication.Granted.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"PT3H", "PT-3H", "PT8760H"})
    void refusesATimeThatIsWrong(Duration ahead) {
        try (IotdaClients clients = clients(1, ahead)) {
            assertThat(new Asking(clients).denied())
                    .isInstanceOfSatisfying(
                            Verdict.DeviceRefused.class,
                            refused -> assertThat(refused.answer())
                                    .map(PlatformAnswer::errorCode)
                                    .isEqualTo(Optional.of("IOTDA.000002")));
        }
    }

    private IotdaClients clients(int signType, Duration ahead) {
        return TestClients.of(simulator.endpoint())
                .trusting(simulator.certificateAuthority())
                .signing(signType, Clock.fixed(NOON.plus(ahead), ZoneOffset.UTC))
                .start();
    }
}
