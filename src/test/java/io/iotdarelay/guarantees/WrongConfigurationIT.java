package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.RelayProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A wrong configuration ends the process with 1 and a readable list of all that is wrong. */
class WrongConfigurationIT {

    @Test
    void listsAllMistakesAtOnceAndExitsWithOne() {
        try (RelayProcess relay = RelayProcess.start(
                List.of(),
                "--relay.iotda.endpoint=http://platform.example",
                "--relay.iotda.conect-timeout=1s",
                "--relay.lane.linger=soon",
                "--relay.quota.messages-per-second=-1",
                "--relay.routes[0].name=meters",
                "--relay.routes[0].topics[0]=telemetry.meters",
                "--relay.routes[0].to=property",
                "--relay.routes[0].device-id=device",
                "--server.port=0")) {
            // When
            int exitCode = relay.exitCode(Duration.ofSeconds(30));

            // Then
            String output = String.join("\n", relay.output());
            assertThat(exitCode).isEqualTo(1);
            assertThat(output)
                    .contains(
                            "relay.iotda.endpoint: 'http://platform.example' must be https://",
                            "relay.iotda.conect-timeout: unknown property",
                            "relay.lane.linger: must be a duration",
                            "relay.quota.messages-per-second: must be 0 to 1000000, not -1.0",
                            "relay.devices.file: a source of devices is required",
                            "relay.routes[0].to: must be one of properties, message, gateway, not 'property'",
                            "relay.routes[0].device-id:")
                    .doesNotContain("\tat ", "Exception:");
        }
    }
}
