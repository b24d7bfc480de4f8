package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TryCommandTest {

    @TempDir
    private Path folder;

    private Workplace place;

    @BeforeEach
    void configure() {
        place = Workplace.valid(folder);
    }

    @Test
    void showsTheRequestAndWhereEachValueComesFrom() {
        CommandRun run = CommandRun.with(Workplace.RECORD, "try", place.config(), "--route", "meters", "--key", "k-1");

        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains(
                        "record   telemetry.meters-0-0, 86 bytes, key \"k-1\"",
                        "route    meters\n",
                        "outcome  delivered",
                        "POST /v5/devices/meter-1/sys/properties/report   with the token of meter-1",
                        "\"temperature\" : 21.50,",
                        "\"voltage\" : 230.1",
                        "device-id          /device_id \"meter-1\" -> \"meter-1\"",
                        "Meter event-time   /ts \"2026-11-24T12:00:00Z\" -> \"2026-11-24T12:00:00.000Z\"",
                        "Meter.voltage      /payload/dv 2301 | scale, offset 230.1 | type 230.1 -> 230.1",
                        "Meter.unit         value \"V\" -> \"V\"",
                        "Meter.humidity     /payload/hum finds nothing; /payload/rh finds nothing -> none: left out: ",
                        "Meter.snr          /payload/snr finds nothing; default 0 -> 0")
                .doesNotContain(Workplace.SECRET);
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void printsJson() {
        JsonNode record = CommandRun.with(Workplace.RECORD, "try", place.config(), "--json")
                .json()
                .path("records")
                .path(0);

        assertThat(record.path("outcome").asString()).isEqualTo("delivered");
        JsonNode request = record.path("requests").path(0);
        assertThat(request.path("path").asString()).isEqualTo("/v5/devices/meter-1/sys/properties/report");
        assertThat(request.path("sender").asString()).isEqualTo("meter-1");
        assertThat(request.path("body")
                        .path("services")
                        .path(0)
                        .path("service_id")
                        .asString())
                .isEqualTo("Meter");
        JsonNode voltage = record.path("values")
                .valueStream()
                .filter(value -> value.path("target").asString().equals("Meter.voltage"))
                .findFirst()
                .orElseThrow();
        assertThat(voltage.path("sources").path(0).path("raw").asInt()).isEqualTo(2301);
        assertThat(voltage.path("sources").path(0).path("steps").size()).isEqualTo(2);
    }

    @Test
    void tellsWhyARecordBecomesADeadLetter() {
        CommandRun run = CommandRun.with(
                "{\"device_id\":\"meter-1\",\"ts\":\"2026-11-24T12:00:00Z\",\"payload\":{\"temp\":1}}",
                "try",
                place.config());

        assertThat(run.out())
                .contains(
                        "outcome  dead letter, reason unmappable: Meter.voltage: /payload/dv finds nothing",
                        "Meter.voltage      /payload/dv finds nothing -> none: ")
                .doesNotContain("POST");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void tellsWhyARecordCannotBeRead() {
        CommandRun run = CommandRun.with("{\"a\":1,\"a\":2}", "try", place.config());

        assertThat(run.out()).contains("reason undecodable: ");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void tellsThatTheDirectoryDoesNotKnowTheDevice() {
        CommandRun run = CommandRun.with(Workplace.RECORD.replace("meter-1", "meter-9"), "try", place.config());

        assertThat(run.out())
                .contains("reason unknown-device: ", "meter-9", "POST /v5/devices/meter-9/sys/properties/report");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void tellsThatTheRouteMayNotSpeakForTheDevice() {
        place.change("device-id: /device_id", "device-id: /device_id\n      devices.prefix: plant-");

        CommandRun run = CommandRun.with(Workplace.RECORD, "try", place.config());

        assertThat(run.out())
                .contains("reason not-permitted: the route may not speak for device meter-1")
                .doesNotContain("POST");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void holdsAReportAgainstItsProductModel() {
        place.write("meter.json", """
                {"service_capabilities":[{"service_id":"Meter","service_type":"Meter","properties":[
                  {"property_name":"temperature","data_type":"decimal","min":"0","max":"20"},
                  {"property_name":"voltage","data_type":"decimal"},{"property_name":"unit","data_type":"string"},
                  {"property_name":"humidity","data_type":"int"},{"property_name":"snr","data_type":"int"}]}]}""");
        place.change("device-id: /device_id", "device-id: /device_id\n      product: meter");
        String[] model = {
            "try",
            place.config(),
            "--relay.models.products.meter.file=" + place.path("meter.json").toUri()
        };

        CommandRun run = CommandRun.with(Workplace.RECORD, model);

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("outcome  dead letter, reason model-violation: ", "temperature");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(CommandRun.with(Workplace.RECORD.replace("21.50", "19.50"), model)
                        .exitCode())
                .isZero();
    }

    @Test
    void callsADeviceAsTheDirectoryDoes() {
        place.write("devices.csv", "device_id,secret,gateway_id,node_id\nmeter-1," + Workplace.SECRET + ",,sn-1\n");

        CommandRun run = CommandRun.with(Workplace.RECORD.replace("meter-1", "sn-1"), "try", place.config());

        assertThat(run.out()).contains("POST /v5/devices/meter-1/sys/properties/report");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void needsNoMoreThanAMapping() {
        place.write("routes.yaml", "relay:\n" + Workplace.MAPPING);

        CommandRun run =
                CommandRun.with(Workplace.RECORD, "try", "--config=" + place.path("routes.yaml"), "--route=meters");

        assertThat(run.out()).contains("outcome  delivered");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void findsTheGatewayOfAChild() {
        place.change("to: properties", "to: gateway");

        CommandRun run = CommandRun.with(Workplace.RECORD.replace("meter-1", "child-1"), "try", place.config());

        assertThat(run.out()).contains("POST /v5/devices/meter-1/sys/gateway/sub-devices/properties/report", "child-1");
        assertThat(run.exitCode()).isZero();
        assertThat(CommandRun.with(Workplace.RECORD.replace("meter-1", "child-2"), "try", place.config())
                        .out())
                .contains("reason unknown-device: ")
                .doesNotContain("POST");
    }

    @Test
    void skipsWhatHasNoValue() {
        CommandRun run = CommandRun.with("", "try", place.config());

        assertThat(run.out()).contains("outcome  skipped");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void takesALineForARecordAndSummarisesMany() {
        String lines = (Workplace.RECORD + "\n").repeat(30) + "{}\n\n[\n";

        CommandRun run = CommandRun.with(lines, "try", place.config(), "--lines");

        assertThat(run.out())
                .startsWith("32 records\n     30  meters: delivered\n")
                .contains("      1  meters: rejected, unmappable, device-id: /device_id finds nothing")
                .contains("      1  meters: rejected, undecodable, ")
                .contains("--- an example of: meters: delivered");
        assertThat(run.exitCode()).isEqualTo(1);
        JsonNode json = CommandRun.with(lines, "try", place.config(), "--lines", "--json")
                .json();
        assertThat(json.path("records").asInt()).isEqualTo(32);
        assertThat(json.path("outcomes").path(1).path("reason").asString()).isEqualTo("unmappable");
    }

    @Test
    void readsFilesAndFolders() {
        place.write("records/a.json", Workplace.RECORD);
        place.write("records/b.jsonl", Workplace.RECORD + "\n" + Workplace.RECORD);
        place.write("records/c/value.json", Workplace.RECORD.replace("meter-1", "child-1"));
        place.write("records/c/record.json", "{\"topic\":\"elsewhere\",\"timestamp\":1767225600000}");

        JsonNode records = CommandRun.of(
                        "try",
                        place.config(),
                        "--json",
                        "--topic=telemetry.meters",
                        place.path("records").toString())
                .json()
                .path("records");

        assertThat(records.valueStream().map(record -> record.path("route").asString()))
                .containsExactly("meters", "meters", "meters", "none");
    }

    @Test
    void givesARecordKeyHeadersAndTime() {
        place.change("device-id: /device_id", "device-id: header:device");
        place.change("event-time: /ts", "event-time: timestamp");

        CommandRun run = CommandRun.with(
                Workplace.RECORD, "try", place.config(), "--header=device=meter-1", "--timestamp=2026-02-01T00:00:00Z");

        assertThat(run.out()).contains("/v5/devices/meter-1/", "2026-02-01T00:00:00.000Z");
    }

    @Test
    void showsWhatIsWrongWithTheMapping() {
        place.change("scale: 0.1", "scael: 0.1");

        CommandRun run = CommandRun.with(Workplace.RECORD, "try", place.config());

        assertThat(run.err()).contains("properties[voltage].scael: unknown property");
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void skipsARecordWhoseArrayIsEmpty() {
        place.change("device-id: /device_id", "device-id: ./id\n      each: /readings");

        CommandRun run = CommandRun.with("{\"readings\":[]}", "try", place.config());

        assertThat(run.out()).contains("outcome  skipped: there is nothing to report");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void showsNoRequestOfARecordThatHasToStayWhole() {
        readings("");
        String value = "{\"readings\":[{\"id\":\"meter-1\",\"dv\":1},{\"id\":\"meter-1\"}]}";

        assertThat(CommandRun.with(value, "try", place.config()).out())
                .contains("outcome  dead letter, reason unmappable: ", "POST ");

        readings("whole: true");

        assertThat(CommandRun.with(value, "try", place.config()).out())
                .contains("outcome  dead letter, reason unmappable: ")
                .doesNotContain("POST ");
    }

    @Test
    void refusesARecordBeyondTheBoundsOfAllRecords() {
        readings("");
        String value = "{\"readings\":[" + "{\"id\":\"meter-1\",\"dv\":1},".repeat(9999) + "{}]}";

        assertThat(CommandRun.with(value, "try", place.config()).out())
                .contains("reason too-large: the record would become more than 1000 reports");
        assertThat(CommandRun.with(
                                value,
                                "try",
                                place.config(),
                                "--relay.records.max-reports=10000",
                                "--relay.records.max-reports-size=64KB")
                        .out())
                .contains("reason too-large: the reports of the record would have more than 65536 bytes");
    }

    @Test
    void refusesARecordThatTakesTooMuchWork() {
        readings("");
        place.change("from: ./dv", "from: /t, pattern: 'x(y)?$', default: 1");
        String value =
                "{\"readings\":[" + "{\"id\":\"meter-1\"},".repeat(99) + "{}],\"t\":\"" + "x".repeat(900_000) + "\"}";

        CommandRun run = CommandRun.with(value, "try", place.config());

        assertThat(run.out())
                .contains("reason too-large: the rules take more than ")
                .doesNotContain("POST ");
    }

    @Test
    void rejectsARecordThatNoRouteTakesWhereThatIsWanted() {
        place.change("to: properties", "to: properties\n      when: { /kind: reading }");

        assertThat(CommandRun.with(Workplace.RECORD, "try", place.config()).out())
                .contains("outcome  skipped: no route takes it");
        assertThat(CommandRun.with(Workplace.RECORD, "try", place.config(), "--relay.records.unmatched=reject")
                        .out())
                .contains("outcome  dead letter, reason unmappable: no route takes this record ('when')");
    }

    @Test
    void joinsWhatSeveralRoutesMakeOfARecord() {
        place.change("to: properties", "to: properties\n      when: { /kind: reading }");
        place.change("snr: { from: /payload/snr, default: 0 }", """
                snr: { from: /payload/snr, default: 0 }
                    - name: once
                      topics: [telemetry.meters]
                      when: { /payload/temp: { is: number } }
                      to: properties
                      device-id: /device_id
                      services: [{ id: A, properties: { a: /payload/temp } }]
                    - name: again
                      topics: [telemetry.meters]
                      when: { /payload/temp: { is: number } }
                      to: properties
                      device-id: /device_id
                      services: [{ id: B, properties: { b: /payload/temp } }]
                """.strip());

        JsonNode record = CommandRun.with(Workplace.RECORD, "try", place.config(), "--topic=telemetry.meters", "--json")
                .json()
                .path("records")
                .path(0);

        assertThat(record.path("route").asString()).isEqualTo("once, again");
        assertThat(record.path("requests").size()).isEqualTo(1);
        assertThat(record.path("requests").path(0).path("body").path("services").size())
                .isEqualTo(2);
        assertThat(record.path("values")
                        .valueStream()
                        .map(value -> value.path("target").asString()))
                .containsExactly("device-id", "A.a", "device-id", "B.b");
    }

    /** A route that makes a report of each element. */
    private void readings(String option) {
        place = Workplace.valid(folder);
        place.change(Workplace.MAPPING, """
                      routes:
                        - name: readings
                          topics: [telemetry.meters]
                          to: properties
                          each: /readings
                          device-id: ./id
                          services: [{ id: Meter, properties: { voltage: { from: ./dv } } }]
                    """ + (option.isEmpty() ? "" : "      " + option + "\n"));
    }

    @Test
    void refusesAWrongCommandLine() {
        assertThat(CommandRun.of("try", place.config(), "--route=metres").err()).contains("there are: meters");
        assertThat(CommandRun.of("try", place.config(), "--route=metres").exitCode())
                .isEqualTo(2);
        assertThat(CommandRun.of("try", place.config(), "--last=5").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("try", place.config(), "/nowhere/record.json").exitCode())
                .isEqualTo(2);
    }
}
