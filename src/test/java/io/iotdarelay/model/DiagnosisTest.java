package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosisTest {

    private static final DeviceId DEVICE = new DeviceId("d");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '!', textBlock = """
        StreetLight | luminance  | -1                     | says of StreetLight.luminance: number below min 0
        StreetLight | luminance  | "12345"                | says of StreetLight.luminance: expected int, got string
        StreetLight | state      | "MAINTENANCE"          | says of StreetLight.state: string of 11 characters, max_length is 8
        StreetLight | luminence  | 1                      | has no such property: 'luminence' of service StreetLight; did you mean 'luminance'?
        Streetlight | luminance  | 1                      | has no service 'Streetlight'; did you mean 'StreetLight'?
        Meter       | setpoint   | 7                      | does not let devices report Meter.setpoint (method)
        """)
    void namesWhatTheModelSays(String service, String property, String value, String reason) {
        assertThat(diagnosis("product-1")
                        .of(DEVICE, "r", SmallModels.services(service, properties(property, value)), service, property))
                .isEqualTo("the model of product product-1 " + reason);
    }

    @Test
    void namesWhatCameWithIt() {
        String reason = diagnosis("product-1").of(DEVICE, "r", SmallModels.array("""
                            [{"service_id":"Uplink","properties":{"rssi":-71}},
                             {"service_id":"Meter","properties":{"temperature":21.5,"tamper":true}}]"""), "Meter", "temperature");

        assertThat(reason)
                .startsWith("it fits the model of product product-1, but what the platform got with it does not")
                .endsWith("the model says of Uplink.rssi: number below min 0");
    }

    @Test
    void saysWhatItDoesNotKnow() {
        var fitting = SmallModels.services("Meter", "{\"temperature\":21.5}");

        assertThat(diagnosis("product-1").of(DEVICE, "r", fitting, "Meter", "temperature"))
                .startsWith(
                        "it fits the model of product product-1 that the relay has: that of the platform may be another one");
        assertThat(diagnosis("other").of(DEVICE, "r", fitting, "Meter", "temperature"))
                .isEqualTo("the relay has no model of product other");
        assertThat(diagnosis(null).of(DEVICE, "unknown", fitting, "Meter", "temperature"))
                .isEqualTo("the relay does not know the device's product, so no model says why");
        assertThat(new Diagnosis(() -> LoadedModels.NONE, device -> "product-1")
                        .of(DEVICE, "r", fitting, "Meter", "temperature"))
                .startsWith("the relay has no product model (relay.models)");
    }

    @Test
    void findsTheProduct() {
        assertThat(diagnosis("by-directory").productOf(DEVICE, "r")).contains("by-directory");
        assertThat(diagnosis(null).productOf(DEVICE, "r")).contains("by-route");
        assertThat(diagnosis(null).productOf(DEVICE, "unknown")).isEmpty();
        assertThat(new Diagnosis(() -> LoadedModels.NONE, device -> null).productOf(DEVICE, "r"))
                .isEmpty();
    }

    @Test
    void repeatsNoLongName() {
        String name = "x".repeat(1_000);

        assertThat(diagnosis("product-1")
                        .of(DEVICE, "r", SmallModels.services("Meter", properties(name, "1")), "Meter", name))
                .hasSizeLessThan(200);
    }

    private Diagnosis diagnosis(@Nullable String product) {
        Product known = SmallModels.product(directory, SmallModels.LIGHT_METER_UPLINK);
        LoadedModels models = new LoadedModels(
                new Models(
                        Map.of(known.id(), known),
                        Map.of(),
                        List.of(),
                        Map.of("r", new Models.Choice(Validation.OFF, "by-route")),
                        List.of()),
                ModelsProperties.of(Validation.OFF, Map.of(), List.of()),
                List.of());
        return new Diagnosis(() -> models, device -> product);
    }

    private static String properties(String name, String value) {
        return "{\"" + name + "\":" + value + "}";
    }
}
