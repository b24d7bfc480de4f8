package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorMainTest {

    @Test
    void eachOptionIsExplained() {
        String page = Yaml.text(Path.of("docs/simulator.md"));

        assertThat(SimulatorMain.KNOWN).allSatisfy(option -> {
            assertThat(page).contains("`--" + option + "`");
            assertThat(SimulatorMain.HELP).contains("--" + option + "=");
        });
    }

    @Test
    void thePageShowsTheSampleKey() {
        ApplicationAccess sample = ApplicationAccess.SAMPLE;

        assertThat(Yaml.text(Path.of("docs/simulator.md")))
                .contains(sample.accessKey(), sample.secretKey(), sample.region(), sample.projectId(), sample.appId());
    }

    @Test
    void theLastOneCounts() {
        Arguments arguments =
                new Arguments(Set.of("port", "fault"), "--port=1", "--fault=a=b", "--port=2", "--fault=c");

        assertThat(arguments.number("port", 0)).isEqualTo(2);
        assertThat(arguments.all("fault")).containsExactly("a=b", "c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--prot=1", "port=1", "--port"})
    void refusesWhatItDoesNotKnow(String argument) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Arguments(Set.of("port"), argument))
                .withMessage("not understood: " + argument);
    }

    @Test
    void readsRates() {
        assertThat(SimulatorMain.rates("none").limits()).isEmpty();
        assertThat(SimulatorMain.rates("all=200,read-shadow=100").limits())
                .isEqualTo(Map.of(
                        Rates.Of.ALL, new Rates.Rate(200, Duration.ofSeconds(1)),
                        Rates.Of.READ_SHADOW, new Rates.Rate(100, Duration.ofSeconds(1))));
        assertThatIllegalArgumentException().isThrownBy(() -> SimulatorMain.rates("all=0"));
        assertThatIllegalArgumentException().isThrownBy(() -> SimulatorMain.rates("some=5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "5h", "-1s", "s", ""})
    void refusesTimesWithoutAUnit(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text));
    }

    @Test
    void aDirectoryNeedsItsColumns() {
        try (Simulator simulator = Simulator.start()) {
            assertThatIllegalArgumentException().isThrownBy(() -> Fleets.register(simulator, "id,secret\na,b\n"));
            assertThatIllegalArgumentException().isThrownBy(() -> Fleets.registerProducts(simulator, "nonsense"));

            Fleets.register(simulator, "secret,device_id\n12345678,a\n\n");

            assertThat(simulator.device("a"))
                    .hasValueSatisfying(device -> assertThat(device.secret()).isEqualTo("12345678"));
        }
    }
}
