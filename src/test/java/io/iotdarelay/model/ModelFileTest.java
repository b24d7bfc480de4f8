package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models in both of the platform's forms, with their oddities, and what is said of wrong ones. */
class ModelFileTest {

    private static final String DEVICE_TYPE = """
        {"devices":[{"manufacturerName":"m","model":"x","protocolType":"MQTT","deviceType":"Smoke","omCapability":null,
         "serviceTypeCapabilities":[{"serviceId":"level","serviceType":"smokedetector","option":"Mandatory"},
                                    {"serviceId":"level2","serviceType":"smokedetector","option":""}]}]}""";
    private static final String SERVICE_TYPE = """
        {"services":[{"serviceType":"smokedetector","description":null,"commands":null,"events":null,"properties":[
          {"propertyName":"alarm","dataType":"INT","required":true,"min":0,"max":1,"step":0.0,"maxLength":0,"method":"RW",
           "unit":null,"enumList":null,"extendparam":null},
          {"propertyName":"temperature","dataType":"Decimal","required":false,"min":"-30.0","max":"100.0","step":0.0,
           "maxLength":0,"method":"R","unit":null,"enumList":null}]}]}""";

    @TempDir
    private Path directory;

    @Test
    void readsTheFormOfTheApi() {
        ModelFile.Reading reading = SmallModels.read(directory, SmallModels.LIGHT_METER_UPLINK);

        assertThat(reading.problems()).isEmpty();
        assertThat(LoadedModels.describe(reading.product().orElseThrow()))
                .containsExactly(
                        "product product-1, service Meter: energyWh long 0 to 9007199254740993, mode enum, raw jsonObject,"
                                + " setpoint int, tamper boolean, tariffs string list, temperature decimal -40.0 to 85.0",
                        "product product-1, service StreetLight: faultSince DateTime up to 16 characters,"
                                + " luminance int 0 to 65535, state string up to 8 characters",
                        "product product-1, service Uplink: rssi int 0 to 65535");
        assertThat(reading.warnings())
                .containsExactly(
                        "StreetLight.luminance, Uplink.rssi have the range 0 to 65535, which tools fill in where none"
                                + " is given: any other value breaks the model");
    }

    @Test
    void readsTheArchiveOfTheConsole() throws IOException {
        ModelFile.Reading reading = archive(Map.of(
                "profile/devicetype-capability.json",
                DEVICE_TYPE,
                "service/smokedetector/profile/servicetype-capability.json",
                SERVICE_TYPE));

        assertThat(reading.problems()).isEmpty();
        assertThat(LoadedModels.describe(reading.product().orElseThrow()))
                .containsExactly(
                        "product product-1, service level: alarm int 0 to 1, temperature decimal -30.0 to 100.0",
                        "product product-1, service level2: alarm int 0 to 1, temperature decimal -30.0 to 100.0");
        assertThat(Objects.requireNonNull(
                                reading.product().orElseThrow().services().get("level"))
                        .required())
                .containsExactly("alarm");
    }

    @Test
    void findsBothTreesOfAnArchiveByTheLastPartsOfNames() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("Smoke_1/profile/devicetype-capability.json", DEVICE_TYPE);
        files.put("Smoke_1\\service\\smokedetector\\profile\\servicetype-capability.json", SERVICE_TYPE);
        files.put("profile/DeviceType-Capability.json", DEVICE_TYPE);
        files.put("service/smokedetector/profile/servicetype-capability.json", SERVICE_TYPE);
        files.put("__MACOSX/._devicetype-capability.json", "no JSON");
        files.put("readme.txt", "hello");

        assertThat(archive(files).problems()).isEmpty();
    }

    @Test
    void refusesTreesThatDiffer() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("a/profile/devicetype-capability.json", DEVICE_TYPE);
        files.put("a/service/s/profile/servicetype-capability.json", SERVICE_TYPE);
        files.put("b/profile/devicetype-capability.json", DEVICE_TYPE.replace("level2", "level3"));
        files.put("b/service/s/profile/servicetype-capability.json", SERVICE_TYPE.replace("-30.0", "-40.0"));

        assertThat(archive(files).problems())
                .containsExactly(
                        at("b/profile/devicetype-capability.json: is not the same as"
                                + " a/profile/devicetype-capability.json"),
                        at("b/service/s/profile/servicetype-capability.json: /services/0: describes the service type of"
                                + " a/service/s/profile/servicetype-capability.json: /services/0 differently"));
    }

    @Test
    void namesThePlaceInTheArchive() throws IOException {
        assertThat(archive(Map.of(
                                "profile/devicetype-capability.json",
                                DEVICE_TYPE.replace(
                                        "level2\",\"serviceType\":\"smokedetector", "x\",\"serviceType\":\"y"),
                                "service/s/profile/servicetype-capability.json",
                                SERVICE_TYPE.replace("\"Decimal\"", "\"deciml\"")))
                        .problems())
                .containsExactly(
                        at(
                                "profile/devicetype-capability.json: /devices/0/serviceTypeCapabilities/1: the service type 'y' is"
                                        + " in no servicetype-capability.json of the archive"),
                        at("service/s/profile/servicetype-capability.json: /services/0/properties/1/dataType: unknown"
                                + " data_type 'deciml'; did you mean 'decimal'?"));
    }

    @Test
    void saysWhatAnArchiveLacks() throws IOException {
        assertThat(archive(Map.of("a.json", "{}")).problems()).containsExactly(at("has no devicetype-capability.json"));
        assertThat(archive(Map.of("devicetype-capability.json", "{}")).problems())
                .containsExactly(at("devicetype-capability.json: /devices: expected a list of devices"));
        assertThat(archive(Map.of("devicetype-capability.json", "[")).problems())
                .containsExactly(
                        at("devicetype-capability.json: is not valid JSON: line 1, column 2"),
                        at("has no devicetype-capability.json"));
    }

    @Test
    void refusesAnArchiveThatIsNone() throws IOException {
        Files.writeString(file(), "PK, but nothing else");

        assertThat(ModelFile.read(file(), "product-1").problems())
                .singleElement()
                .asString()
                .startsWith(at("is not a readable archive: "));
    }

    @Test
    void expandsNoMoreThanItsBound() throws IOException {
        String blanks = " ".repeat(1024 * 1024);
        StringBuilder bomb = new StringBuilder();
        for (int i = 0; i < 9; i++) {
            bomb.append(blanks);
        }

        assertThat(archive(Map.of("devicetype-capability.json", bomb.toString()))
                        .problems())
                .containsExactly(at("is not a readable archive: it expands to more than 8 MB"));
    }

    @Test
    void readsNoMoreFilesThanItsBound() throws IOException {
        Map<String, String> files = IntStream.range(0, 5001)
                .boxed()
                .collect(Collectors.toMap(i -> "f" + i, i -> "", (a, b) -> a, LinkedHashMap::new));

        assertThat(archive(files).problems()).contains(at("has more than 5000 files"));
    }

    @Test
    void refusesFilesThatAreMissingTooLargeOrUnreadable() throws IOException {
        assertThat(ModelFile.read(directory.resolve("none"), "p").problems())
                .containsExactly(directory.resolve("none") + ": does not exist");
        assertThat(ModelFile.read(directory, "p").problems())
                .singleElement()
                .asString()
                .startsWith(directory + ": cannot be read: ");
        Files.writeString(file(), " ".repeat(4 * 1024 * 1024 + 1));
        assertThat(ModelFile.read(file(), "p").problems()).containsExactly(at("is larger than 4 MB"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        []                                                | expected a JSON object
        {                                                 | is not valid JSON: line 1, column 2
        ~~                                                | expected a JSON object
        {"a":1,"a":2}                                     | is not valid JSON: line 1, column 12
        {"a":1E99999999999}                               | is not valid JSON: a number is out of range
        {}                                                | has neither service_capabilities, as the API writes models, nor services, as the console does
        {"devices":[]}                                    | is a device type without its services: name the archive (.zip) that the console exports
        {"services":[{}]}                                 | /services/0: service_id is missing
        {"services":[{"serviceId":"S","properties":{}}]}  | /services/0/properties: expected a list of properties
        {"services":[{"serviceId":"S","properties":[{}]}]} | /services/0/properties/0: property_name is missing
        {"service_capabilities":[{"service_id":"S"},{"service_id":"S"}]} | /service_capabilities/1: the service_id 'S' occurs twice
        """)
    void saysWhatIsWrong(String json, String problem) {
        assertThat(SmallModels.read(directory, json).problems()).startsWith(at(problem));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        {"property_name":"p"}                                            | /data_type: data_type is missing
        {"property_name":"p","data_type":"float"}                        | /data_type: unknown data_type 'float'
        {"property_name":"p","data_type":"strin"}                        | /data_type: unknown data_type 'strin'; did you mean 'string'?
        {"property_name":"p","data_type":"int","min":"low"}              | /min: expected a number, or a string that is one, for min
        {"property_name":"p","data_type":"int","min":[0]}                | /min: expected a number, or a string that is one, for min
        {"property_name":"p","data_type":"decimal","max":"1e999999999"}  | /max: expected a number, or a string that is one, for max
        {"property_name":"p","data_type":"decimal","max":"1e-999999999"} | /max: expected a number, or a string that is one, for max
        {"property_name":"p","data_type":"string","max_length":"many"}   | /max_length: expected a whole number, 0 or more, for max_length
        {"property_name":"p","data_type":"string","max_length":-1}       | /max_length: expected a whole number, 0 or more, for max_length
        {"property_name":"p","data_type":"string","max_length":1.5}      | /max_length: expected a whole number, 0 or more, for max_length
        {"property_name":"p","data_type":"string","max_length":3000000000} | /max_length: expected a whole number, 0 or more, for max_length
        {"property_name":"p","data_type":"string","maxLength":true}      | /maxLength: expected a whole number, 0 or more, for max_length
        {"property_name":"p","data_type":"enum","enum_list":"a,b"}       | /enum_list: expected a list of strings
        """)
    void saysWhatIsWrongWithAProperty(String property, String problem) {
        assertThat(SmallModels.read(directory, SmallModels.property(property)).problems())
                .containsExactly(at("/service_capabilities/0/properties/0" + problem));
    }

    @Test
    void saysEverythingThatIsWrongAtOnceButNotWithoutEnd() {
        String properties = IntStream.range(0, 25)
                .mapToObj(i -> "{\"property_name\":\"p" + i + "\",\"data_type\":\"none\"}")
                .collect(Collectors.joining(","));

        assertThat(SmallModels.read(directory, SmallModels.property(properties)).problems())
                .hasSize(21)
                .last()
                .isEqualTo(at("and 5 more"));
    }

    @Test
    void refusesMoreThanThePlatformTakes() {
        String properties = IntStream.range(0, 501)
                .mapToObj(i -> "{\"property_name\":\"p" + i + "\",\"data_type\":\"int\"}")
                .collect(Collectors.joining(","));
        String services = IntStream.range(0, 501)
                .mapToObj(i -> "{\"service_id\":\"s" + i + "\"}")
                .collect(Collectors.joining(",", "{\"service_capabilities\":[", "]}"));

        assertThat(SmallModels.read(directory, SmallModels.property(properties)).problems())
                .containsExactly(at("/service_capabilities/0/properties: has 501 properties, 500 are possible"));
        assertThat(SmallModels.read(directory, services).problems())
                .containsExactly(at("has 501 services, 500 are possible"));
    }

    @Test
    void refusesTwinsAmongProperties() {
        assertThat(SmallModels.read(directory, SmallModels.property("""
                        {"property_name":"p","data_type":"int"},{"property_name":"p","data_type":"long"}""")).problems())
                .containsExactly(at("/service_capabilities/0/properties/1: the property_name 'p' occurs twice"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"property_name\":\"p\",\"data_type\":\"int\",\"min\":0,\"max\":10,\"min_x\":{}}",
                "{\"property_name\":\"p\",\"data_type\":\"Integer\",\"enum_list\":null,\"unit\":null}",
                "{\"property_name\":\"p\",\"data_type\":\"STRING_LIST\",\"min\":\"\",\"max\":\"x\"}",
                "{\"property_name\":\"p\",\"data_type\":\"jsonobject\",\"max_length\":null,\"step\":\"none\"}",
                "{\"property_name\":\"p\",\"data_type\":\"datetime\",\"max_length\":\" \",\"method\":null,\"step\":\"-1\"}",
                "{\"property_name\":\"p\",\"data_type\":\"string\",\"min\":\"0\",\"max\":\"65535\",\"required\":null}",
            })
    void acceptsOddities(String property) {
        ModelFile.Reading reading = SmallModels.read(directory, SmallModels.property(property));

        assertThat(reading.problems()).isEmpty();
        assertThat(reading.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        {"property_name":"p","data_type":"int","min":"5","max":"1"}     | S.p have a min above their max: no range is checked
        {"property_name":"p","data_type":"int","max":"4294967295"}      | S.p have bounds beyond the bits of their type: values there break the model
        {"property_name":"p","data_type":"int","min":"-4294967295"}     | S.p have bounds beyond the bits of their type: values there break the model
        {"property_name":"p","data_type":"enum"}                        | S.p have the type enum and no enum_list: any string fits
        {"property_name":"a.b","data_type":"string"}                    | S.a.b have a '.' or '$' in their name: values arrive, but not in the device shadow
        {"property_name":"a$","data_type":"string"}                     | S.a$ have a '.' or '$' in their name: values arrive, but not in the device shadow
        {"property_name":"a\\u0000","data_type":"int"}                  | S.a\u0000 have a '.' or '$' in their name: values arrive, but not in the device shadow
        """)
    void warnsOfWhatIsHardlyMeant(String property, String warning) {
        assertThat(SmallModels.read(directory, SmallModels.property(property)).warnings())
                .containsExactly(warning);
    }

    @Test
    void warnsOfManyInOneLine() {
        String properties = IntStream.range(0, 22)
                .mapToObj(i -> "{\"property_name\":\"p" + i + "\",\"data_type\":\"enum\"}")
                .collect(Collectors.joining(","));

        assertThat(SmallModels.read(directory, SmallModels.property(properties)).warnings())
                .singleElement()
                .asString()
                .endsWith("S.p19 and 2 more have the type enum and no enum_list: any string fits");
    }

    @Test
    void warnsOfTheModelOfAnotherProduct() {
        assertThat(SmallModels.read(directory, "{\"product_id\":\"other\",\"service_capabilities\":[]}")
                        .warnings())
                .containsExactly("the file belongs to product other according to its product_id");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        "min":"1"                | p decimal from 1
        "max":"1"                | p decimal up to 1
        "min":"0","max":"0"      | p decimal
        "min":"9","max":"1"      | p decimal
        "min":1,"max":2.50       | p decimal 1 to 2.50
        """)
    void showsWhatCounts(String bounds, String shown) {
        Product product = SmallModels.product(
                directory, SmallModels.property("{\"property_name\":\"p\",\"data_type\":\"decimal\"," + bounds + "}"));

        assertThat(LoadedModels.describe(product)).containsExactly("product product-1, service S: " + shown);
    }

    private Path file() {
        return directory.resolve("model.json");
    }

    private String at(String problem) {
        return file() + ": " + problem;
    }

    private ModelFile.Reading archive(Map<String, String> files) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file()))) {
            for (Map.Entry<String, String> each : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue().getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return ModelFile.read(file(), "product-1");
    }
}
