package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.testing.FakeRegistry;
import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class TestCommandTest {

    @TempDir
    private Path folder;

    private Workplace place;

    @BeforeEach
    void configure() {
        place = Workplace.valid(folder);
    }

    @Test
    void runsTheShapesOfThisRepository() {
        String schema = Yaml.text(Path.of("src/test/resources/shapes/avro-confluent/schema.avsc"));
        try (FakeRegistry registry = FakeRegistry.start().with(7, "AVRO", schema)) {
            CommandRun run =
                    CommandRun.of("test", "src/test/resources/shapes", "--relay.registry.url=" + registry.url());

            assertThat(run.lines()).hasSizeGreaterThan(40).noneMatch(line -> line.startsWith("FAIL"));
            assertThat(run.exitCode()).isZero();
        }
    }

    @Test
    void runsACaseInAFile() {
        place.write("cases/reading.case.yaml", """
                record:
                  topic: telemetry.meters
                  value: { device_id: meter-7, ts: "2026-11-24T12:00:00Z", payload: { temp: 21.5, dv: 2301 } }
                requests:
                  - path: /v5/devices/meter-7/sys/properties/report
                    body:
                      services:
                        - service_id: Meter
                          properties: { temperature: 21.50, voltage: 230.10, unit: V, snr: 0.0 }
                          event_time: 2026-11-24T12:00:00.000Z
                """.replace("event_time: 2026", "event_time: \"2026")
                .replace("00.000Z\n", "00.000Z\"\n"));
        place.write("cases/deep/wrong.case.yaml", """
                route: meters
                record:
                  key: k
                  headers: { a: b }
                  timestamp: "2026-01-01T00:00:00Z"
                  value: '{"device_id":"meter-7"}'
                dead-letter: { reason: unmappable, detail: /payload/temp finds nothing }
                """);
        place.write("cases/tombstone.case.yaml", "record: { topic: telemetry.meters }\nskipped: true\n");

        CommandRun run =
                CommandRun.of("test", place.config(), place.path("cases").toString());

        assertThat(run.out()).isEqualTo("pass  deep/wrong\npass  reading\npass  tombstone\n3 cases, 0 failed\n");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void showsTheDifferences() throws Exception {
        String value = "value: '" + Workplace.RECORD + "'";
        String record = "record: { topic: telemetry.meters, " + value + " }\n";
        place.write("cases/a.case.yaml", record + "requests: [ { sender: meter-2, body: { services: [] } } ]\n");
        place.write("cases/b.case.yaml", record + "dead-letter: unmappable\n");
        place.write("cases/c.case.yaml", record + "skipped: true\n");
        place.write("cases/d.case.yaml", record);
        place.write("cases/e.case.yaml", "record: { topic: other, " + value + " }\nrequests: []\n");
        place.write("cases/f.case.yaml", "route: none\n" + record + "requests: []\n");
        place.write(
                "cases/g.case.yaml",
                "record: { topic: other, " + value + " }\ndead-letter: { reason: x, detail: y }\n");

        Path xml = place.path("report.xml");
        CommandRun run =
                CommandRun.of("test", place.config(), place.path("cases").toString(), "--junit=" + xml);

        assertThat(run.out())
                .contains(
                        "FAIL  a\n      /0/sender: expected \"meter-2\", got \"meter-1\"",
                        "      /0/body/services/0: expected nothing, got {",
                        "FAIL  b\n      expected a dead letter, got requests",
                        "FAIL  c\n      expected the record to be skipped, it is delivered",
                        "FAIL  d\n      the case needs requests, dead-letter, or skipped: true",
                        "FAIL  e\n      expected requests, got a dead letter: unmappable: no route reads this topic",
                        "FAIL  f\n      there is no route 'none'; there are: meters",
                        "FAIL  g\n      /reason: expected x, got unmappable",
                        "7 cases, 7 failed");
        assertThat(run.exitCode()).isEqualTo(1);
        Document report =
                DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(xml.toFile());
        Element suite = report.getDocumentElement();
        assertThat(suite.getAttribute("tests")).isEqualTo("7");
        assertThat(suite.getAttribute("failures")).isEqualTo("7");
        assertThat(suite.getElementsByTagName("failure").getLength()).isEqualTo(7);
    }

    @Test
    void printsJson() {
        place.write("cases/a.case.yaml", "record: { topic: telemetry.meters }\nskipped: true\n");

        var json = CommandRun.of("test", place.config(), place.path("cases").toString(), "--json")
                .json();

        assertThat(json.path("cases").asInt()).isEqualTo(1);
        assertThat(json.path("failed").asInt()).isZero();
        assertThat(json.path("results").path(0).path("passed").asBoolean()).isTrue();
    }

    @Test
    void readsBinaryValues() {
        place.write(
                "cases/a.case.yaml",
                "record: { topic: telemetry.meters, value-hex: '00010203' }\ndead-letter: undecodable\n");
        place.write(
                "cases/b.case.yaml",
                "record: { topic: telemetry.meters, value-base64: AAEC }\ndead-letter: undecodable\n");
        place.write("cases/c/record.json", "{\"topic\":\"telemetry.meters\",\"key\":{\"hex\":\"00ff\"}}");
        place.write("cases/c/value.hex", "00 01\n02");
        place.write("cases/c/dead-letter.json", "{\"reason\":\"undecodable\",\"detail\":\"0x00\"}");

        assertThat(CommandRun.of("test", place.config(), place.path("cases").toString())
                        .out())
                .endsWith("3 cases, 0 failed\n");
    }

    @Test
    void failsWhereThereIsNothingToRun() {
        place.write("cases/readme.txt", "nothing");

        assertThat(CommandRun.of("test", place.config(), place.path("cases").toString())
                        .exitCode())
                .isEqualTo(1);
        assertThat(CommandRun.of("test", place.config(), place.path("nowhere").toString())
                        .exitCode())
                .isEqualTo(2);
        for (String broken : List.of(
                "record: [",
                "record: 1",
                "record: { timestamp: soon }",
                "record: { value-hex: xy }",
                "record: { key: { hex: x } }")) {
            place.write("cases/broken.case.yaml", broken);
            assertThat(CommandRun.of("test", place.config(), place.path("cases").toString())
                            .exitCode())
                    .as(broken)
                    .isEqualTo(2);
        }
        place.write("cases/broken.case.yaml", "record: [");
        assertThat(CommandRun.of("test", place.config(), place.path("cases").toString())
                        .exitCode())
                .isEqualTo(2);
    }
}
