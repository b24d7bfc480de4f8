package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORMapper;
import tools.jackson.dataformat.smile.SmileMapper;

class SuggestCommandTest {

    private static final Path SHAPES = Path.of("src/test/resources/shapes");

    @TempDir
    private Path folder;

    static List<Path> shapes() throws IOException {
        try (Stream<Path> folders = Files.list(SHAPES)) {
            return folders.filter(shape -> Files.exists(shape.resolve("record.json")))
                    .filter(shape -> !shape.endsWith("avro-confluent"))
                    .sorted()
                    .toList();
        }
    }

    /** Whatever products write: what is suggested is valid, and takes the record that it was made from. */
    @ParameterizedTest
    @MethodSource("shapes")
    void suggestsWhatPassesCheckAndTry(Path shape) {
        Workplace place = Workplace.valid(folder);
        CommandRun suggestion = CommandRun.of("suggest", "--records", shape.toString());
        assertThat(suggestion.out()).contains("# tried with 1 of them: delivered");
        assertThat(suggestion.exitCode()).isZero();
        place.write("routes.yaml", suggestion.out());

        CommandRun check = CommandRun.of(
                "check",
                "--config=" + place.path("routes.yaml"),
                "--relay.iotda.endpoint=https://localhost:1",
                "--relay.devices.file=" + place.path("devices.csv"));
        CommandRun tried = CommandRun.of("try", "--config=" + place.path("routes.yaml"), shape.toString());

        assertThat(check.out()).as(suggestion.out()).endsWith("nothing found\n");
        assertThat(tried.out()).contains("outcome  delivered", "POST /v5/devices/");
        assertThat(tried.exitCode()).isZero();
    }

    @Test
    void weighsPlacesByTheDirectory() {
        Workplace place = Workplace.valid(folder);
        place.write("records.jsonl", """
                {"id":"a-1","asset":"meter-1","ts":1767225601,"temp":21.5,"n":1,"on":true}
                {"id":"b-2","asset":"meter-1","ts":1767225602,"temp":22,"on":false,"Größe m²":"7"}
                """);

        CommandRun run = CommandRun.of(
                "suggest", place.config(), "--topic=plant.meters", "--records=" + place.path("records.jsonl"));

        assertThat(run.out())
                .contains(
                        "# 2 records: 2 can be read, 0 have no value and are skipped",
                        "- name: meters",
                        "topics: [\"plant.meters\"]",
                        "# device ID? /asset: 1 value, 1 of them in the directory",
                        "# device ID? /id: 2 different values, 0 of them in the directory",
                        "device-id: /asset",
                        "- id: Meters ",
                        "event-time: /ts",
                        "temp: { from: /temp, type: decimal }",
                        "\"n\": { from: /n, type: int, optional: true }   # in 1 of 2",
                        "\"on\": { from: /on, type: boolean }",
                        "Gro_e_m: { from: \"/Größe m²\", type: int, optional: true }")
                .doesNotContain(Workplace.SECRET);
    }

    @Test
    void ignoresNumbersThatHaveNoValue() {
        Workplace place = Workplace.valid(folder);
        place.write("records.jsonl", """
                {"id":"a1","ts":1767225601,"temp":NaN}
                {"id":"a1","ts":1767225602,"temp":22}
                """);

        CommandRun run = CommandRun.of("suggest", place.config(), "--records=" + place.path("records.jsonl"));

        assertThat(run.out()).contains("temp: { from: /temp, type: int, optional: true }   # in 1 of 2");
    }

    @Test
    void addressesChildrenThroughTheirGateway() {
        Workplace place = Workplace.valid(folder);
        place.write("record.json", "{\"sensor\":\"child-1\",\"v\":1}");

        CommandRun run = CommandRun.of("suggest", place.config(), "--records=" + place.path("record.json"));

        assertThat(run.out()).contains("to: gateway", "device-id: /sensor");
    }

    @Test
    void goesByNamesAndIntoTexts() {
        Workplace place = new Workplace(folder);
        place.write(
                "record.json",
                "{\"dev\":\"d-1\",\"list\":[{\"name\":\"temp\",\"value\":1},{\"name\":\"a/b\",\"value\":2}],"
                        + "\"payload\":\"{\\\"rpm\\\":1450}\",\"rows\":[{\"x\":1}]}");

        CommandRun run = CommandRun.of("suggest", "--records=" + place.path("record.json"));

        assertThat(run.out())
                .contains(
                        "temp_value: { from: \"/list/[name=temp]/value\", type: int }",
                        "a_b_value: { from: \"/list/[name=a~1b]/value\", type: int }",
                        "rpm: { from: /payload, json: /rpm, type: int }",
                        "# /rows is an array: ",
                        "# tried with 1 of them: delivered");
    }

    private String suggestion(String name, String records, String... arguments) {
        Workplace place = Workplace.valid(folder);
        place.write(name, records);
        List<String> all = new ArrayList<>(List.of("suggest", "--topic=plant.x", "--records=" + place.path(name)));
        all.addAll(List.of(arguments));
        CommandRun run = CommandRun.of(all.toArray(String[]::new));
        assertThat(run.out()).contains(": delivered");
        return run.out();
    }

    @Test
    void takesElementsOneByOne() {
        assertThat(suggestion(
                        "record.json",
                        "{\"site\":\"s\",\"readings\":[{\"id\":\"m-1\",\"t\":1767225601,\"temp\":1,\"good\":true},"
                                + "{\"id\":\"m-2\",\"t\":1767225602,\"temp\":2.5,\"good\":false,\"hum\":1}]}"))
                .contains(
                        "each: /readings",
                        "device-id: ./id",
                        "event-time: ./t   # seconds since 1970",
                        "temp: { from: ./temp, type: decimal }",
                        "hum: { from: ./hum, type: int, optional: true }   # in 1 of 2",
                        "# To take only elements that are good: each-when: { ./good: true }",
                        "# the same for all elements, and left out: /site");
    }

    @Test
    void takesEntriesOfOneDeviceTogether() {
        assertThat(suggestion("records.jsonl", """
                        {"device":"m-1","samples":[{"ts":1767225601000,"v":{"temp":1}}]}
                        {"device":"m-2","samples":[{"ts":1767225602000,"v":{"temp":1}}]}
                        {"device":"m-2"}
                        """))
                .contains(
                        "device-id: /device",
                        "      each: [{ from: /samples, optional: true }]   # in 2 of 3",
                        "event-time: ./ts   # milliseconds since 1970",
                        "temp: { from: ./v/temp, type: int }")
                .doesNotContain("    each: /");
    }

    @Test
    void takesNamesAndValuesAsPropertiesWhereTheyHaveTimesOrDevicesOfTheirOwn() {
        assertThat(suggestion(
                        "record.json",
                        "{\"values\":[{\"id\":\"Line2.Mixer.Speed\",\"v\":118.5,\"q\":true,\"t\":1767225600338},"
                                + "{\"id\":\"Line2.Oven.Heat\",\"v\":2,\"q\":true,\"t\":1767225600340}]}"))
                .contains(
                        "each: /values",
                        "# device ID? ./id by ^(.+)[.][^.]+$: 2 different values",
                        "device-id: { from: ./id, pattern: \"^(.+)[.][^.]+$\", sanitize: _ }",
                        "\"*\": { name: { from: ./id, pattern: \"([^.]+)$\" }, from: ./v, optional: true }",
                        "# names in the records: Speed decimal, Heat int");
    }

    @Test
    void findsTheDeviceInAPath() {
        Workplace place = Workplace.valid(folder);
        place.write(
                "case/record.json",
                "{\"topic\":\"mqtt\",\"timestamp\":1767225602000,\"key\":\"site4/boiler/meter-1/up\"}");
        place.write("case/value.json", "{\"temp\":1}");

        CommandRun run = CommandRun.of("suggest", place.config(), "--records=" + place.path("case"));

        assertThat(run.out())
                .contains(
                        "# device ID? key by ^(?:[^/]*[/]){2}([^/]+): 1 value, 1 of them in the directory",
                        "device-id: { from: key, pattern: \"^(?:[^/]*[/]){2}([^/]+)\" }",
                        "# tried with 1 of them: delivered");
    }

    @Test
    void putsTheProductBeforeTheId() {
        Workplace place = Workplace.valid(folder);
        place.write("devices.csv", "device_id,secret,gateway_id\n65a1_m-1,s,\n65a1_m-2,s,\n");
        place.write("records.jsonl", "{\"eui\":\"m-1\",\"temp\":1}\n{\"eui\":\"m-2\",\"temp\":2}\n");

        CommandRun run = CommandRun.of("suggest", place.config(), "--records=" + place.path("records.jsonl"));

        assertThat(run.out())
                .contains(
                        "device-id: \"65a1_{/eui}\"",
                        "# device ID? 65a1_{/eui}: 2 different values, 2 of them in the directory");
    }

    @Test
    void writesARouteForEachKindOfRecord() {
        assertThat(suggestion("records.jsonl", """
                        {"id":"m-1","type":"climate","temp":1,"hum":2}
                        {"id":"m-1","type":"power","w":1,"kwh":2}
                        {"id":"m-2","type":"climate","temp":1,"hum":2}
                        {"id":"m-2","type":"power","w":1,"kwh":2}
                        """))
                .contains(
                        "- name: x-climate",
                        "when: { /type: \"climate\" }   # 2 records",
                        "- name: x-power",
                        "when: { /type: \"power\" }   # 2 records",
                        "# tried with 4 of them: delivered");
    }

    @Test
    void namesPropertiesAsTheModelDoes() {
        Workplace place = Workplace.valid(folder);
        place.write("model.json", """
                {"product_id":"65a1","service_capabilities":[
                 {"service_id":"Climate","properties":[
                   {"property_name":"temperature","data_type":"decimal","min":"-40","max":"85"},
                   {"property_name":"relHumidity","data_type":"int"},
                   {"property_name":"water","data_type":"int"},
                   {"property_name":"level","data_type":"int"},
                   {"property_name":"on","data_type":"boolean","required":true}]},
                 {"service_id":"Other","properties":[{"property_name":"x","data_type":"int"}]}]}""");
        String suggestion = suggestion(
                "record.json",
                "{\"id\":\"m-1\",\"temp\":21.5,\"rel_humidity\":40,\"WATER_soil\":7,\"level\":2.5,\"rssi\":-70}",
                "--model=" + place.path("model.json"));

        assertThat(suggestion)
                .contains(
                        "\"[65a1]\": \"file:" + place.path("model.json"),
                        "product: \"65a1\"",
                        "- id: Climate",
                        "temperature: { from: /temp, type: decimal }\n",
                        "relHumidity: { from: /rel_humidity, type: int }\n",
                        "water: { from: /WATER_soil, type: int }   # by a part of its name: is it this?",
                        "# on boolean, required: not in the records",
                        "# level int: /level holds decimal",
                        "# in the model, but not in the records: service Other",
                        "# in the records, but not in the model: /rssi int",
                        "# tried with 1 of them: delivered");
        assertThat(suggestion("other.json", "{\"id\":\"m-1\",\"zzz\":21.5}", "--model=" + place.path("model.json")))
                .contains("# no name in the records fits one in the model", "zzz: { from: /zzz");
        place.write("model.json", "{}");
        CommandRun wrong = CommandRun.of(
                "suggest", "--records=" + place.path("record.json"), "--model=" + place.path("model.json"));
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("model.json: ", "service_capabilities");
    }

    /** Routes have different names, though the kinds have no letter that a name may have. */
    @Test
    void writesRoutesOfKindsWithOtherLetters() {
        assertThat(suggestion("records.jsonl", """
                        {"id":"m-1","type":"温度","temp":1,"hum":2}
                        {"id":"m-1","type":"功率","w":1,"kwh":2}
                        {"id":"m-2","type":"温度","temp":1,"hum":2}
                        {"id":"m-2","type":"功率","w":1,"kwh":2}
                        """))
                .contains("# tried with 4 of them: delivered", "- name: x---", "- name: x---_2");
    }

    @Test
    void tellsKindsApartByAMemberWithADot() {
        assertThat(suggestion("records.jsonl", """
                        {"id":"m-1","event.type":"climate","temp":1,"hum":2}
                        {"id":"m-1","event.type":"power","w":1,"kwh":2}
                        {"id":"m-2","event.type":"climate","temp":1,"hum":2}
                        {"id":"m-2","event.type":"power","w":1,"kwh":2}
                        """))
                .contains("# tried with 4 of them: delivered", "when: { \"[/event.type]\": \"climate\" }");
    }

    /** The names of members are data: they cannot add lines. */
    @Test
    void writesNamesWithLineBreaksInOneLine() {
        assertThat(suggestion(
                        "record.json",
                        "{\"dev\\nid: x\":\"m-1\",\"t\\nime\":1767225601,\"a\\nb\":[{\"x\":1}],\"v\":1}"))
                .contains("# tried with 1 of them: delivered")
                .doesNotContain("\nid: x", "\nime", "\nb");
    }

    @Test
    void quotesNamesOfTheModelThatAreWords() {
        Workplace place = Workplace.valid(folder);
        place.write("model.json", """
                {"product_id":"p","service_capabilities":[{"service_id":"S","properties":[
                  {"property_name":"on","data_type":"int","min":"0","max":"100"},
                  {"property_name":"hum","data_type":"int","min":"0","max":"100"}]}]}
                """);
        place.write(
                "record.json",
                "[{\"bn\":\"urn:dev:mac:0024befffe804ff1:\",\"bt\":1767225600,\"n\":\"On\",\"v\":1},{\"n\":\"hum\",\"v\":48}]");

        CommandRun run = CommandRun.of(
                "suggest",
                place.config(),
                "--records=" + place.path("record.json"),
                "--model=" + place.path("model.json"));

        assertThat(run.out()).contains("rename: { \"On\": \"on\" }", "# tried with 1 of them: delivered");
    }

    @Test
    void namesPairsAsTheModelDoes() {
        Workplace place = Workplace.valid(folder);
        place.write("model.json", """
                {"services":[{"serviceId":"Climate","properties":[{"propertyName":"temperature","dataType":"decimal"},
                 {"propertyName":"on","dataType":"boolean"}]}]}""");

        assertThat(suggestion(
                        "record.json",
                        "[{\"bn\":\"urn:dev:mac:0024befffe804ff1:\",\"bt\":1767225600,\"n\":\"temp\",\"u\":\"Cel\",\"v\":21.5},"
                                + "{\"n\":\"hum\",\"v\":48}]",
                        "--model=" + place.path("model.json")))
                .contains(
                        "format: senml",
                        "product: product",
                        "device-id: { from: ./n, pattern: \"([^:]+)[:][^:]+$\", sanitize: _ }",
                        "when: { ./n: { matches: \"[:](temp)$\" } }",
                        "\"*\": { name: { from: ./n, pattern: \"([^:]+)$\", rename: { temp: temperature } }, from: ./v,"
                                + " optional: true }",
                        "# on boolean: not in the records",
                        "# names in the records: temp decimal, hum int");
    }

    @Test
    void recognisesFormatsByReadingThem() throws IOException {
        Workplace place = Workplace.valid(folder);
        byte[] json = "{\"id\":\"m-1\",\"temp\":21.5}".getBytes(StandardCharsets.UTF_8);
        JsonNode tree = JsonMapper.shared().readTree(json);
        Map<String, byte[]> values = Map.of(
                "format: cbor", new CBORMapper().writeValueAsBytes(tree),
                "format: smile", new SmileMapper().writeValueAsBytes(tree),
                "format: messagepack", HexFormat.of().parseHex("82a26964a36d2d31a474656d70cb4035800000000000"),
                "compression: gzip", gzip(json),
                "format: connect-json",
                        ("{\"schema\":{\"type\":\"struct\"},\"payload\":" + new String(json, StandardCharsets.UTF_8)
                                        + "}")
                                .getBytes(StandardCharsets.UTF_8),
                "format: json-schema", framed(7, json));

        for (Map.Entry<String, byte[]> value : values.entrySet()) {
            Files.write(place.path("value.bin"), value.getValue());
            CommandRun run = CommandRun.of("suggest", "--records=" + place.path("value.bin"));
            assertThat(run.out())
                    .as(value.getKey())
                    .contains(value.getKey(), "device-id: /id", "# tried with 1 of them: delivered");
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static byte[] framed(int schema, byte[] value) {
        return ByteBuffer.allocate(5 + value.length)
                .put((byte) 0)
                .putInt(schema)
                .put(value)
                .array();
    }

    /** One broken record among many does not hide what the others are. */
    @Test
    void looksPastAFewBrokenRecords() {
        assertThat(suggestion("records.jsonl", "{\"id\":\"m-1\",\"temp\":1}\n".repeat(9) + "[{\"temp\n"))
                .contains(
                        "# 10 records: 9 can be read", "# 1 cannot be read: invalid JSON: ", "# tried with 9 of them");
    }

    @Test
    void guessesWhatIsNotJson() {
        Workplace place = new Workplace(folder);
        place.write("line.txt", "cpu,host=a usage=1.5 1767225601000000000");
        place.write("table.txt", "a;b;c");

        assertThat(CommandRun.of("suggest", "--records=" + place.path("line.txt"))
                        .out())
                .contains("format: influx", "# tried with 1 of them: delivered");
        CommandRun run = CommandRun.of("suggest", "--records=" + place.path("table.txt"));
        assertThat(run.out()).contains("# 1 cannot be read: CSV, perhaps", "nothing that a route could be made of");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(CommandRun.of("suggest").exitCode()).isEqualTo(2);
    }
}
