package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.model.ModelsProperties.DeviceProperties;
import io.iotdarelay.model.ModelsProperties.ProductProperties;
import io.iotdarelay.settings.SettingsProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is said of models, devices and routes at the start, all at once. */
class ModelCompilerTest {

    private static final String ROUTE = "relay.routes[0]";
    private static final String SERVICE = ROUTE + ".services[0]";

    @TempDir
    private Path directory;

    private final Map<String, ProductProperties> products = new LinkedHashMap<>();
    private final List<DeviceProperties> devices = new ArrayList<>();
    private final Map<String, RouteShape.OfProperty> declared = new LinkedHashMap<>();
    private Validation validation = Validation.REJECT;
    private @Nullable String product = "product-1";
    private boolean open = true;
    private String service = "Meter";

    @Test
    void readsModelsAndTellsWhatTheyTake() {
        model("product-1", SmallModels.LIGHT_METER_UPLINK);
        devices.add(new DeviceProperties("m-", null, "product-1"));
        devices.add(new DeviceProperties(null, "m[0-9]+", "product-1"));

        LoadedModels models = compiled();

        assertThat(models.products()).containsExactly("product-1");
        assertThat(models.areAny()).isTrue();
        assertThat(models.describe()).hasSize(3).allMatch(line -> line.startsWith("product product-1, service "));
        assertThat(models.warnings())
                .containsExactly(
                        "product product-1: StreetLight.luminance, Uplink.rssi have the range 0 to 65535, which tools"
                                + " fill in where none is given: any other value breaks the model");
        assertThat(models.models().productOf("m-1")).contains("product-1");
        assertThat(models.models().productOf("m1")).contains("product-1");
        assertThat(models.models().productOf("xm1")).isEmpty();
    }

    @Test
    void tellsEverythingThatIsWrongAtOnce() {
        products.put("no good id", ProductProperties.of("file:" + directory.resolve("none.json")));
        products.put("empty", new ProductProperties(null, false));
        products.put("blank", new ProductProperties(" ", false));
        devices.add(new DeviceProperties(null, null, "empty"));
        devices.add(new DeviceProperties("a", "b", "emty"));
        devices.add(new DeviceProperties(null, "(", null));
        product = "blnk";

        assertThat(problems())
                .containsExactly(
                        "relay.models.products.no good id: a product ID has 1 to 36 letters, digits, '_' or '-'",
                        "relay.models.products.no good id.file: " + directory.resolve("none.json") + ": does not exist",
                        "relay.models.products.empty.file: a model file is required, such as"
                                + " file:/etc/iotda-relay/model.zip, or platform: true",
                        "relay.models.products.blank.file: a model file is required, such as"
                                + " file:/etc/iotda-relay/model.zip, or platform: true",
                        "relay.models.devices[0]: either a prefix or a pattern is required, not both",
                        "relay.models.devices[1]: either a prefix or a pattern is required, not both",
                        "relay.models.devices[1].product: 'emty' is not one of relay.models.products; did you mean"
                                + " 'empty'?",
                        "relay.models.devices[2].product: the ID of a product is required",
                        "relay.models.devices[2].pattern: is not a regular expression: missing closing )",
                        ROUTE + ".product: 'blnk' is not one of relay.models.products; did you mean 'blank'?");
    }

    @Test
    void holdsARouteAgainstTheModelOfItsProduct() {
        model("product-1", SmallModels.LIGHT_METER_UPLINK);
        declare("temprature", null);
        declare("temperature", DataType.STRING);
        declare("energyWh", DataType.DECIMAL);
        declare("tamper", null, "1");
        declare("mode", null, "\"day\"");
        declare("raw", DataType.JSON_OBJECT);

        assertThat(problems())
                .containsExactly(
                        SERVICE
                                + ".properties.tamper: the constant breaks the model: tamper: expected boolean, got number",
                        SERVICE + ".properties.temperature: the model expects decimal, and the rule yields string",
                        SERVICE
                                + ".properties.temprature: 'temprature' is not a property of service Meter; did you mean"
                                + " 'temperature'?");
    }

    @Test
    void holdsAServiceAgainstTheModelOfItsProduct() {
        model("product-1", SmallModels.LIGHT_METER_UPLINK);
        service = "meter";

        assertThat(problems())
                .containsExactly(SERVICE + ".id: 'meter' is not a service of product product-1; did you mean 'Meter'?");
    }

    @Test
    void warnsOfWhatIsOnlyDescribed() {
        model("product-1", SmallModels.LIGHT_METER_UPLINK);
        open = false;
        declare("setpoint", DataType.INT);
        declare("temperature", null, "21.55");

        assertThat(compiled().warnings())
                .contains(
                        SERVICE + ".properties.setpoint: the model's method has no R: devices do not report it",
                        SERVICE
                                + ".properties.temperature: the constant breaks the model: temperature: number between two"
                                + " steps of 0.1",
                        SERVICE + ".properties: the model requires 'energyWh', which the route never sends");
    }

    @Test
    void whatIsOnlyDescribedIsAnErrorWhereStrict() {
        model("product-1", SmallModels.LIGHT_METER_UPLINK);
        validation = Validation.STRICT;
        open = false;
        declare("setpoint", DataType.INT);

        assertThat(problems())
                .containsExactly(
                        SERVICE + ".properties.setpoint: the model's method has no R: devices do not report it",
                        SERVICE + ".properties: the model requires 'energyWh', which the route never sends");
    }

    @Test
    void aRouteWithoutAProductIsOnlyWarned() {
        model("product-1", SmallModels.LIGHT_METER_UPLINK);
        product = null;
        declare("temprature", null);

        assertThat(compiled().warnings())
                .contains(SERVICE
                        + ".properties.temprature: 'temprature' is not a property of service Meter; did you mean"
                        + " 'temperature'?");
    }

    @Test
    void aRouteWithoutAProductMayMeanAnyProduct() {
        model("product-1", SmallModels.LIGHT_METER_UPLINK);
        model("product-2", """
            {"services":[{"serviceId":"Meter","properties":[{"propertyName":"flow","dataType":"int"}]}]}""");
        product = null;
        declare("flow", DataType.STRING);
        declare("temperature", null);
        declare("flw", null);

        assertThat(compiled().warnings())
                .filteredOn(warning -> warning.startsWith(ROUTE))
                .containsExactly(
                        SERVICE + ".properties.flw: 'flw' is not a property of service Meter; did you mean 'flow'?");
        service = "Mter";
        assertThat(compiled().warnings())
                .contains(SERVICE + ".id: 'Mter' is not a service of any product in relay.models.products; did you mean"
                        + " 'Meter'?");
    }

    @Test
    void nothingIsHeldAgainstModelsWhereOff() {
        model("product-1", SmallModels.LIGHT_METER_UPLINK);
        validation = Validation.OFF;
        service = "None";

        assertThat(compiled().warnings()).noneMatch(warning -> warning.startsWith(ROUTE));
    }

    @Test
    void aRouteMayChooseForItself() {
        model("product-1", SmallModels.LIGHT_METER_UPLINK);
        RouteShape shape = new RouteShape(ROUTE, "r", null, Validation.OFF, List.of());

        assertThat(((ModelCompiler.Compilation.Compiled) ModelCompiler.compile(properties(), List.of(shape)))
                        .models()
                        .models()
                        .routes())
                .isEqualTo(Map.of("r", new Models.Choice(Validation.OFF, null)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        REJECT | INT         | int         | fits
        REJECT | INT         | long        | fits
        REJECT | INT         | decimal     | fits
        REJECT | LONG        | int         | sometimes
        REJECT | LONG        | decimal     | fits
        REJECT | DECIMAL     | int         | sometimes
        REJECT | DECIMAL     | long        | sometimes
        REJECT | DECIMAL     | string      | never
        REJECT | STRING      | enum        | fits
        REJECT | ENUM        | DateTime    | fits
        REJECT | STRING      | int         | never
        COERCE | STRING      | int         | sometimes
        COERCE | BOOLEAN     | int         | never
        COERCE | STRING      | boolean     | never
        REJECT | BOOLEAN     | boolean     | fits
        REJECT | JSON_OBJECT | string list | never
        """)
    void comparesTypes(Validation chosen, DataType yielded, String wanted, String fit) {
        model("product-1", SmallModels.property("{\"property_name\":\"p\",\"data_type\":\"" + wanted + "\"}"));
        validation = chosen;
        service = "S";
        declare("p", yielded);
        String mismatch = SERVICE + ".properties.p: the model expects " + wanted + ", and the rule yields " + yielded;

        if (fit.equals("never")) {
            assertThat(problems()).containsExactly(mismatch);
        } else {
            assertThat(compiled().warnings())
                    .filteredOn(warning -> warning.startsWith(ROUTE))
                    .isEqualTo(fit.equals("fits") ? List.of() : List.of(mismatch + ": not every value fits"));
        }
    }

    @Test
    void aConstantIsConvertedWhereReportsAre() {
        model("product-1", SmallModels.LIGHT_METER_UPLINK);
        validation = Validation.COERCE;
        declare("energyWh", null, "\"12\"");

        assertThat(compiled().warnings()).noneMatch(warning -> warning.startsWith(ROUTE));
    }

    @Test
    void showsNoMoreThanAHundredServicesAndThirtyProperties() {
        String properties = IntStream.range(0, 32)
                .mapToObj(i -> "{\"property_name\":\"p" + i + "\",\"data_type\":\"int\"}")
                .collect(Collectors.joining(",", "[", "]"));
        model(
                "product-1",
                IntStream.range(0, 103)
                        .mapToObj(i ->
                                "{\"service_id\":\"s" + i + "\",\"properties\":" + (i == 0 ? properties : "null") + "}")
                        .collect(Collectors.joining(",", "{\"service_capabilities\":[", "]}")));
        product = null;

        List<String> lines = compiled().describe();

        assertThat(lines).hasSize(101).endsWith("and 3 more services");
        assertThat(lines.getFirst()).endsWith("p6 int, p7 int and 2 more").hasSizeLessThan(500);
        assertThat(lines.get(1)).isEqualTo("product product-1, service s1: no properties");
    }

    private void model(String id, String json) {
        Path own = directory.resolve(id);
        assertThat(own.toFile().mkdirs()).isTrue();
        products.put(id, ProductProperties.of("file:" + SmallModels.write(own, json)));
    }

    private void declare(String name, @Nullable DataType type, String... constants) {
        List<JsonNode> nodes = new ArrayList<>();
        for (String constant : constants) {
            nodes.add(JsonMapper.shared().readTree(constant));
        }
        declared.put(name, new RouteShape.OfProperty(SERVICE + ".properties." + name, type, nodes));
    }

    private ModelsProperties properties() {
        return ModelsProperties.of(validation, products, devices);
    }

    private ModelCompiler.Compilation compile() {
        RouteShape route = new RouteShape(
                ROUTE, "r", product, null, List.of(new RouteShape.OfService(SERVICE, service, open, declared)));
        return ModelCompiler.compile(properties(), List.of(route));
    }

    private LoadedModels compiled() {
        return switch (compile()) {
            case ModelCompiler.Compilation.Compiled compiled -> compiled.models();
            case ModelCompiler.Compilation.Wrong wrong -> throw new AssertionError(wrong.problems());
        };
    }

    private List<String> problems() {
        return switch (compile()) {
            case ModelCompiler.Compilation.Compiled compiled -> throw new AssertionError("nothing is wrong");
            case ModelCompiler.Compilation.Wrong wrong ->
                wrong.problems().stream().map(SettingsProblem::toString).toList();
        };
    }
}
