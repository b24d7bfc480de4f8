package io.iotdarelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A route of a test case is what the file says, whatever the service is told elsewhere. */
@Isolated("sets a system property")
class CommandsIgnoreTheShellTest {

    @Test
    void aCaseKnowsNothingOfTheServicesSettings() {
        System.setProperty("relay.mapping", "file:/nowhere/mapping.yaml");
        try {
            assertThat(new CommandConfiguration(Clock.systemUTC())
                            .route("to: message\ndevice-id: key\n", "case.yaml", "t")
                            .routes())
                    .hasValueSatisfying(routes -> assertThat(routes.of("t")).hasSize(1));
        } finally {
            System.clearProperty("relay.mapping");
        }
    }
}
