package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Yaml;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;

/** The sizes fit together. What they carry is measured, not tested here. */
class PresetsTest {

    /** As docs/configuration.md and docs/reliability.md say. */
    private static final int BYTES_A_TOKEN = 512;

    private static final int BYTES_A_DEVICE = 300;
    private static final int IN_FLIGHT_TIMES = 3;
    private static final DataSize REST = DataSize.ofMegabytes(64);

    /** Classes, code, threads, the collector and the JVM itself, as docs/deploy.md says. */
    private static final DataSize JVM = DataSize.ofMegabytes(190);

    /** A quarter of the heap is all that the directory takes. */
    private static final int SHARE_OF_DIRECTORY = 4;

    static List<String> presets() {
        return Yaml.tree(Chart.HOME.resolve("files/presets.yaml")).propertyNames().stream()
                .filter(name -> !name.equals("none"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void theHeapHoldsWhatMayBeInIt(String name) {
        JsonNode preset = Yaml.tree(Chart.HOME.resolve("files/presets.yaml")).path(name);
        long memory = bytes(preset.at("/resources/limits/memory").asString());
        long heap = memory * preset.at("/jvm/maxRamPercentage").asLong() / 100;
        long devices = preset.at("/relay/tokens/max-devices").asLong();
        long inFlight = DataSize.parse(
                        preset.at("/relay/source/max-in-flight-size").asString())
                .toBytes();

        assertThat(IN_FLIGHT_TIMES * inFlight + devices * (BYTES_A_TOKEN + BYTES_A_DEVICE) + REST.toBytes())
                .as("bytes of heap that " + name + " needs")
                .isLessThanOrEqualTo(heap);
        assertThat(devices * BYTES_A_DEVICE).isLessThanOrEqualTo(heap / SHARE_OF_DIRECTORY);
    }

    /** The formula of the chart's README, and the options that make the JVM hold to it. */
    @ParameterizedTest
    @MethodSource("presets")
    void heapBuffersAndTheRestFitIntoTheLimit(String name) {
        JsonNode preset = Yaml.tree(Chart.HOME.resolve("files/presets.yaml")).path(name);
        long memory = bytes(preset.at("/resources/limits/memory").asString());
        long heap = memory * preset.at("/jvm/maxRamPercentage").asLong() / 100;
        String buffers = preset.at("/jvm/maxDirectMemorySize").asString();

        assertThat(heap + bytes(buffers.replace("m", "MB")) + JVM.toBytes()).isLessThanOrEqualTo(memory);
        assertThat(Chart.original()
                        .render(Setup.named("minimal").values(), "preset: " + name)
                        .workload()
                        .relay()
                        .path("env")
                        .toString())
                .contains("-XX:MaxRAMPercentage="
                        + preset.at("/jvm/maxRamPercentage").asInt())
                .contains("-XX:MaxDirectMemorySize=" + buffers);
    }

    @ParameterizedTest
    @MethodSource("presets")
    void memoryIsGuaranteed(String name) {
        JsonNode resources = Yaml.tree(Chart.HOME.resolve("files/presets.yaml")).at("/" + name + "/resources");

        assertThat(resources.at("/requests/memory")).isEqualTo(resources.at("/limits/memory"));
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyRequestFindsAConnection(String name) {
        JsonNode relay = Yaml.tree(Chart.HOME.resolve("files/presets.yaml")).at("/" + name + "/relay");

        assertThat(relay.at("/iotda/max-connections").asInt())
                .isGreaterThanOrEqualTo(relay.at("/lane/max-in-flight-requests").asInt());
    }

    private static long bytes(String quantity) {
        return DataSize.parse(quantity.replace("i", "B")).toBytes();
    }
}
