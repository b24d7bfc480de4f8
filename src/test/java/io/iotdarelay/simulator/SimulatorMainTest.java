package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorMainTest {

    private final List<String> problems = new ArrayList<>();

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
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Fleets.register(simulator, "id,secret\na,b\n", problems::add));
            assertThatIllegalArgumentException().isThrownBy(() -> Fleets.registerProducts(simulator, "nonsense"));

            Fleets.register(simulator, "secret,device_id\n12345678,a\n\n", problems::add);

            assertThat(simulator.device("a"))
                    .hasValueSatisfying(device -> assertThat(device.secret()).isEqualTo("12345678"));
        }
        assertThat(problems).isEmpty();
    }

    /** As the relay reads it, and leaves out lines. */
    @Test
    void readsADirectoryAsTheRelayDoes() {
        try (Simulator simulator = Simulator.start()) {
            Fleets.register(
                    simulator,
                    String.join(
                            "\r\n",
                            "\uFEFF\"device_id\", secret ,gateway_id,product_id,node_id",
                            "a,\"sec,ret\"\"1\",,p,n-1",
                            "",
                            "b,,a",
                            "c,",
                            "d e,12345678",
                            "f,\"12345678"),
                    problems::add);

            assertThat(simulator.device("a")).hasValueSatisfying(device -> {
                assertThat(device.secret()).isEqualTo("sec,ret\"1");
                assertThat(device.productId()).isEqualTo("p");
                assertThat(device.nodeId()).isEqualTo("n-1");
            });
            assertThat(simulator.device("b"))
                    .hasValueSatisfying(device -> assertThat(device.gateway()).isEqualTo("a"));
            assertThat(simulator.devices()).hasSize(2);
        }
        assertThat(problems)
                .containsExactly(
                        "line 5: neither secret nor gateway_id",
                        "line 6: device_id is missing or invalid",
                        "line 7: cannot be read");
    }

    @Test
    void readsADirectoryInJsonLines() {
        try (Simulator simulator = Simulator.start()) {
            Fleets.registerLines(
                    simulator, "{\"device_id\":\"a\",\"secret\":\"12345678\"}\n\nnonsense\n", problems::add);

            assertThat(simulator.device("a")).isPresent();
        }
        assertThat(problems).containsExactly("line 3: cannot be read");
    }

    @Test
    void anOptionWithOneValueHasNoOther() {
        Set<String> known = Set.of("required");

        assertThat(new Arguments(known, "--required=enforced").is("required", "enforced"))
                .isTrue();
        assertThat(new Arguments(known).is("required", "enforced")).isFalse();
        Arguments wrong = new Arguments(known, "--required=true");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wrong.is("required", "enforced"))
                .withMessage("--required is enforced, or not given: true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "many", "", "12345678901"})
    void refusesNumbersThatAreNone(String text) {
        Arguments arguments = new Arguments(Set.of("devices"), "--devices=" + text);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> arguments.number("devices", 0))
                .withMessageStartingWith("--devices is a number");
    }

    @Test
    void namesTheFileThatIsMissing() {
        Arguments arguments = new Arguments(Set.of("products"), "--products=/no/such/file");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> arguments.content("products"))
                .withMessage("--products: /no/such/file cannot be read: it does not exist");
    }
}
