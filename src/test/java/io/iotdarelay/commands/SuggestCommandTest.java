package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SuggestCommandTest {

    private static final Path SHAPES = Path.of("src/test/resources/shapes");

    @TempDir
    private Path folder;

    static List<Path> shapes() throws IOException {
        try (Stream<Path> folders = Files.list(SHAPES)) {
            return folders.filter(shape -> Files.exists(shape.resolve("record.json")))
                    .filter(shape -> !needsARegistry(shape))
                    .filter(shape -> !hasHeadersOfAmqp(shape))
                    .sorted()
                    .toList();
        }
    }

    /** Registries are not asked. */
    static boolean needsARegistry(Path shape) {
        return Pattern.compile("format: (avro|protobuf)")
                .matcher(Yaml.text(shape.resolve("route.yaml")))
                .find();
    }

    /** Where the device is in such a header, nothing suggests it. */
    private static boolean hasHeadersOfAmqp(Path shape) {
        return Yaml.text(shape.resolve("route.yaml")).contains("header-format: amqp");
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

        assertThat(check.out()).endsWith("nothing found\n");
        assertThat(tried.out()).contains("outcome  delivered", "POST /v5/devices/");
        assertThat(tried.exitCode()).isZero();
    }

    @Test
    void weighsPlacesByTheDirectory() {
        Workplace place = Workplace.valid(folder);
        place.write("records.jsonl", """
                {"id":"a1","asset":"meter-1","ts":1767225601,"temp":21.5,"n":1,"on":true}
                {"id":"b2","asset":"meter-1","ts":1767225602,"temp":22,"on":false,"Größe m²":"7"}
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
