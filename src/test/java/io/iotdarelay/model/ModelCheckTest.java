package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.iotdarelay.telemetry.DeviceId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of reports as a whole, and which product a device has. */
class ModelCheckTest {

    private static final String TWO = """
        [{"service_id":"StreetLight","properties":{"luminance":-1,"state":"ON"},"event_time":"t"},
         {"service_id":"None","properties":{"x":1},"event_time":"t"},
         {"service_id":"Uplink","properties":{"rssi":-71},"event_time":"t"},
         {"service_id":"Uplink","properties":{"rssi":71},"event_time":"t"}]""";

    private static Product product;

    @BeforeAll
    static void read(@TempDir Path directory) {
        product = SmallModels.product(directory, SmallModels.LIGHT_METER_UPLINK);
    }

    @Test
    void stripsOnlyWhatDoesNotFit() {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.STRIP);
        ArrayNode given = SmallModels.array(TWO);

        assertThat(fitting(checker.check(given)))
                .hasToString("[{\"service_id\":\"StreetLight\",\"properties\":{\"state\":\"ON\"},\"event_time\":\"t\"},"
                        + "{\"service_id\":\"Uplink\",\"properties\":{\"rssi\":71},\"event_time\":\"t\"}]");
        assertThat(checker.counted).containsExactly("range stripped", "unknown-service stripped", "range stripped");
        assertThat(given).as("what was given").isEqualTo(SmallModels.array(TWO));
    }

    @Test
    void rejectsWhatHasNothingLeft() {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.STRIP);

        assertThat(checker.sent("Uplink", "{\"rssi\":-71}"))
                .isEqualTo("product product-1: Uplink.rssi: number below min 0");
        assertThat(checker.counted).containsExactly("range rejected");
    }

    @Test
    void namesEverythingThatDoesNotFit() {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.REJECT);

        assertThat(checker.check(SmallModels.array(TWO)))
                .isEqualTo(
                        new ModelCheck.Checked.Violates("product product-1: StreetLight.luminance: number below min 0;"
                                + " unknown service 'None'; Uplink.rssi: number below min 0"));
    }

    /** They are sent as base64. */
    @Test
    void takesBytesForText() {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.STRICT);
        ArrayNode given = SmallModels.array("""
            [{"service_id":"StreetLight","properties":{}},{"service_id":"Meter","properties":{"energyWh":1,"tariffs":[]}}]""");
        ((ObjectNode) given.get(0).path("properties")).put("faultSince", new byte[13]);
        ((ArrayNode) given.get(1).path("properties").path("tariffs")).add(new byte[3]);

        assertThat(checker.check(given))
                .isEqualTo(new ModelCheck.Checked.Violates(
                        "product product-1: StreetLight.faultSince: string of 20" + " characters, max_length is 16"));
        ((ObjectNode) given.get(0).path("properties")).put("faultSince", new byte[3]);
        assertThat(checker.check(given))
                .isEqualTo(new ModelCheck.Checked.Violates(
                        "product product-1: StreetLight.faultSince: string that is not of the form 20151212T121212Z"));
        ((ObjectNode) given.get(0).path("properties")).removeAll().put("state", new byte[] {0});
        assertThat(checker.check(given))
                .isEqualTo(new ModelCheck.Checked.Violates(
                        "product product-1: StreetLight.state: string that is not one of the 3 in enum_list"));
    }

    @Test
    void namesTenAndCountsTheRest() {
        String many = IntStream.range(0, 500)
                .mapToObj(i -> "\"" + "luminanc".repeat(20) + i + "\":1")
                .collect(Collectors.joining(",", "{", "}"));
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.REJECT);

        assertThat(checker.sent("StreetLight", many))
                .contains("unknown property '" + "luminanc".repeat(8) + "...'")
                .endsWith("; and 490 more")
                .hasSizeLessThan(2000);
    }

    @Test
    void coercesNothingInAReportThatIsRejected() {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.COERCE);

        assertThat(checker.sent("StreetLight", "{\"luminance\":\"1\",\"state\":7}"))
                .isEqualTo("product product-1: StreetLight.state: expected string, got number");
        assertThat(checker.counted).containsExactly("type rejected");
    }

    @Test
    void changesNoMoreThanItMust() {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.COERCE);
        ArrayNode given = SmallModels.array("""
            [{"service_id":"Uplink","properties":{"rssi":1}},{"service_id":"Uplink","properties":{"rssi":2.0}},
             {"service_id":"Uplink","properties":{"rssi":3}}]""");

        ArrayNode sent = fitting(checker.check(given));

        assertThat(sent)
                .hasToString("[{\"service_id\":\"Uplink\",\"properties\":{\"rssi\":1}},"
                        + "{\"service_id\":\"Uplink\",\"properties\":{\"rssi\":2}},"
                        + "{\"service_id\":\"Uplink\",\"properties\":{\"rssi\":3}}]");
        assertThat(sent.get(0)).isSameAs(given.get(0));
        assertThat(given.get(1).toString()).contains("2.0");
    }

    @Test
    void passesOnWhatFitsWithoutACopy() {
        ArrayNode given = SmallModels.services("Uplink", "{\"rssi\":1}");

        assertThat(fitting(new SmallModels.Checker(product, Validation.REJECT).check(given)))
                .isSameAs(given);
    }

    @Test
    void wantsPropertiesToBeAnObject() {
        assertThat(new SmallModels.Checker(product, Validation.REJECT)
                        .check(SmallModels.array("[{\"service_id\":\"Uplink\"}]")))
                .isEqualTo(
                        new ModelCheck.Checked.Violates("product product-1: Uplink: expected an object of properties"));
        assertThat(new SmallModels.Checker(product, Validation.REJECT)
                        .check(SmallModels.array("[{\"properties\":{}}]")))
                .isEqualTo(new ModelCheck.Checked.Violates("product product-1: unknown service ''"));
    }

    @Test
    void lenientCountsUnlistedValuesOfEnums() {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.LENIENT);

        assertThat(checker.sent("Meter", "{\"energyWh\":1,\"mode\":\"dusk\"}"))
                .isEqualTo("{\"energyWh\":1,\"mode\":\"dusk\"}");
        assertThat(checker.counted).containsExactly("enum warned");
    }

    @Test
    void checksNothingWhereOff() {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.OFF);

        assertThat(checker.sent("None", "{\"x\":1}")).isEqualTo("{\"x\":1}");
        assertThat(checker.counted).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        1.5                    | expected int, got number with a fraction or an exponent
        NaN                    | expected int, got number
        Infinity               | expected int, got number
        12                     | expected int, got number with a fraction or an exponent
        """)
    void binaryFloatingPointIsNoWholeNumber(double value, String why) {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.REJECT);
        ArrayNode services = SmallModels.services("StreetLight", "{}");
        ((ObjectNode) services.get(0).get("properties")).put("luminance", value);

        assertThat(checker.check(services))
                .isEqualTo(new ModelCheck.Checked.Violates("product product-1: StreetLight.luminance: " + why));
    }

    @Test
    void numbersCountByTheirValueWhateverTheirKind() {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.REJECT);
        ArrayNode services = SmallModels.services("Meter", "{}");
        ObjectNode values = (ObjectNode) services.get(0).get("properties");
        values.put("energyWh", new BigDecimal("9007199254740993"));
        values.put("temperature", 85.0f);
        assertThat(checker.check(services)).isInstanceOf(ModelCheck.Checked.Fits.class);

        values.put("energyWh", BigInteger.valueOf(5));
        values.put("temperature", Double.NaN);
        assertThat(checker.check(services))
                .isEqualTo(new ModelCheck.Checked.Violates(
                        "product product-1: Meter.temperature: expected decimal, got number"));
    }

    @Test
    void countsTextsThatAreLongerInBytesThanInCharacters() {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.REJECT);

        checker.sent("StreetLight", "{\"state\":\"温度温\"}");
        checker.sent("StreetLight", "{\"state\":\"éééé\"}");
        checker.sent("StreetLight", "{\"state\":\"😀😀\"}");
        checker.sent("StreetLight", "{\"state\":\"😀😀é\"}");

        assertThat(checker.counted)
                .containsExactly(
                        "enum-list warned",
                        "length-in-bytes warned",
                        "enum-list warned",
                        "enum-list warned",
                        "enum-list warned",
                        "length-in-bytes warned");
    }

    @Test
    void aDeviceHasTheProductOfItsDirectoryThenOfItsIdThenOfItsRoute(@TempDir Path directory) {
        // Given
        Product light = new Product("light", product.services());
        Product odd = SmallModels.product(directory, "{\"services\":[]}");
        Models models = new Models(
                Map.of("light", light, "odd", odd),
                Map.of(),
                List.of(
                        new DeviceRule("l-", null, "light"),
                        new DeviceRule("", Pattern.compile("o[0-9]+"), "odd"),
                        new DeviceRule("", Pattern.compile("g.*"), "gone")),
                Map.of(
                        "r",
                        new Models.Choice(Validation.REJECT, "odd"),
                        "s",
                        new Models.Choice(Validation.REJECT, null)),
                List.of());
        AtomicReference<LoadedModels> current = new AtomicReference<>(loaded(models));
        List<String> counted = new ArrayList<>();
        ModelCheck check = new ModelCheck(
                current::get,
                device -> device.value().endsWith("-named") ? "light" : null,
                (route, rule, action, times) -> counted.add(route + " " + rule + " " + action + " " + times));

        // Then
        assertThat(fits(check, "o1-named", "r")).as("by the directory").isTrue();
        assertThat(fits(check, "l-1", "r")).as("by a prefix").isTrue();
        assertThat(fits(check, "o1", "s")).as("by a pattern").isFalse();
        assertThat(fits(check, "o1", "s")).as("by a pattern, again").isFalse();
        assertThat(fits(check, "xo1", "r")).as("by the route").isFalse();
        assertThat(counted).allMatch(count -> count.contains("unknown-service rejected"));
        counted.clear();
        assertThat(fits(check, "xo1", "s")).as("without a product").isTrue();
        assertThat(fits(check, "g1", "s")).as("of a product without a model").isTrue();
        assertThat(fits(check, "o1", "none")).as("of a route that is unknown").isTrue();
        assertThat(counted).containsExactly("s no-model warned 1", "s no-model warned 1");

        // When other models are in force
        current.set(loaded(new Models(
                Map.of("light", light),
                Map.of(),
                List.of(new DeviceRule("", Pattern.compile("o1"), "light")),
                models.routes(),
                List.of())));

        // Then
        assertThat(fits(check, "o1", "s")).isTrue();
    }

    @Test
    void forgetsProductsOfManyDevices() {
        Models models = new Models(
                Map.of("product-1", product),
                Map.of(),
                List.of(new DeviceRule("", Pattern.compile("odd.*"), "product-1")),
                Map.of("r", new Models.Choice(Validation.REJECT, null)),
                List.of());
        ModelCheck check = new ModelCheck(() -> loaded(models), device -> null, (route, rule, action, times) -> {});

        for (int i = 0; i < 20_010; i++) {
            assertThat(fits(check, "d" + i, "r")).isTrue();
        }
        assertThat(check.check(new DeviceId("odd"), "r", SmallModels.services("None", "{}")))
                .isInstanceOf(ModelCheck.Checked.Violates.class);
    }

    @Test
    void withoutModelsThereIsNothingToCheck() {
        ModelCheck check = new ModelCheck(
                () -> LoadedModels.NONE,
                device -> {
                    throw new AssertionError("nobody has to be asked");
                },
                (route, rule, action, times) -> {
                    throw new AssertionError("nothing has to be counted");
                });
        ArrayNode services = JsonNodeFactory.instance.arrayNode();

        assertThat(fitting(check.check(new DeviceId("d"), "r", services))).isSameAs(services);
        assertThat(LoadedModels.NONE.areAny()).isFalse();
        assertThat(LoadedModels.NONE.products()).isEmpty();
    }

    private static LoadedModels loaded(Models models) {
        return new LoadedModels(models, ModelsProperties.of(Validation.REJECT, Map.of(), List.of()), List.of());
    }

    private static boolean fits(ModelCheck check, String device, String route) {
        return check.check(new DeviceId(device), route, SmallModels.services("Uplink", "{\"rssi\":1}"))
                instanceof ModelCheck.Checked.Fits;
    }

    private static ArrayNode fitting(ModelCheck.Checked checked) {
        return ((ModelCheck.Checked.Fits) checked).services();
    }
}
