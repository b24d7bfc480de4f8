package io.iotdarelay.benchmark;

import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.KnownDevices;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteCompiler;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.mapping.RoutesProperties;
import io.iotdarelay.model.LoadedModels;
import io.iotdarelay.model.ModelCompiler;
import io.iotdarelay.model.ModelsProperties;
import io.iotdarelay.pipeline.PollThread;
import io.iotdarelay.registry.KnownSchemas;
import io.iotdarelay.settings.SettingsReader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What is measured: a record, and the route that takes it. All of them send the same three properties. */
public enum Case {
    /** For comparison: a parse, four pointers and a write, without the relay. */
    PLAIN_JACKSON("", () -> Reading.utf8(Reading.JSON)) {
        @Override
        Callable<byte[]> prepared(SourceRecord record) {
            JsonMapper mapper = JsonMapper.shared();
            JsonPointer id = JsonPointer.compile("/deviceId");
            JsonPointer temperature = JsonPointer.compile("/payload/temperature");
            JsonPointer voltage = JsonPointer.compile("/payload/voltage");
            JsonPointer sequence = JsonPointer.compile("/meta/sequence");
            return () -> {
                JsonNode tree = mapper.readTree(record.value());
                ObjectNode report = mapper.createObjectNode();
                report.set("id", tree.at(id));
                report.set("temperature", tree.at(temperature));
                report.set("voltage", tree.at(voltage));
                report.set("sequence", tree.at(sequence));
                return mapper.writeValueAsBytes(report);
            };
        }
    },
    JSON(Rules.RULES, () -> Reading.utf8(Reading.JSON)),
    JSON_TEXT_TIME(Rules.RULES, () -> Reading.utf8(Reading.JSON_WITH_TEXT_TIME)),
    JSON_WITHOUT_MODEL(Rules.RULES + "validation: \"off\"\n", () -> Reading.utf8(Reading.JSON)),
    JSON_AS_MESSAGE("to: message\ndevice-id: /deviceId\n", () -> Reading.utf8(Reading.JSON)),
    EACH_OF_100("each: /readings\n" + Rules.RULES.replace(" /", " ./"), () -> Reading.json(Case.MANY)) {
        @Override
        int reports() {
            return MANY;
        }
    },
    AVRO("format: avro\n" + Rules.RULES, () -> Reading.avro(Reading.AVRO)),
    AVRO_TIMESTAMP("format: avro\n" + Rules.RULES, () -> Reading.avro(Reading.AVRO_WITH_TIMESTAMP)),
    PROTOBUF("format: protobuf\n" + Rules.RULES, Reading::protobuf),
    JSON_SCHEMA("format: json-schema\n" + Rules.RULES, () -> Reading.framed(Reading.AVRO, Reading.utf8(Reading.JSON))),
    CBOR("format: cbor\n" + Rules.RULES, Reading::cbor),
    MESSAGEPACK("format: messagepack\n" + Rules.RULES, Reading::messagePack),
    SMILE("format: smile\n" + Rules.RULES, Reading::smile),
    JSON_LINES("format: json-lines\n" + Rules.RULES.replace(" /", " /0/"), () -> Reading.utf8(Reading.JSON + "\n")),
    INFLUX(
            "format: influx\n" + Rules.rules("/0/tags/deviceId", "/0/time", "/0/fields/", "/0/fields/"),
            () -> Reading.utf8(Reading.INFLUX)),
    CSV("""
            format: csv
            csv:
              columns: [id, ts, temperature, voltage, humidity, energy, state, sequence, site, line, firmware, rssi, uplink, battery]
            """ + Rules.rules("/0/id", "/0/ts", "/0/", "/0/"), () -> Reading.utf8(Reading.CSV)),
    SENML("format: senml\n" + Rules.SENML_RULES, () -> Reading.utf8(Reading.SENML)),
    SENML_CBOR("format: senml-cbor\n" + Rules.SENML_RULES, () -> Reading.cbor(Reading.SENML)),
    CLOUDEVENTS(
            "format: cloudevents\n" + Rules.RULES.replace(" /", " /data/"), () -> Reading.utf8(Reading.CLOUD_EVENT)),
    CONNECT_JSON("format: connect-json\n" + Rules.RULES, () -> Reading.utf8(Reading.CONNECT)),
    JSON_AUTO("format: auto\n" + Rules.RULES, () -> Reading.utf8(Reading.JSON)),
    JSON_GZIP("compression: gzip\n" + Rules.RULES, Reading::gzip),
    JSON_ZLIB("compression: zlib\n" + Rules.RULES, Reading::zlib),
    JSON_ZSTD("compression: zstd\n" + Rules.RULES, Reading::zstd),
    JSON_LZ4("compression: lz4\n" + Rules.RULES, Reading::lz4),
    JSON_LZ4_LARGE_BLOCKS("compression: lz4\n" + Rules.RULES, Reading::lz4OfLargeBlocks),
    EXPRESSION_FOR_EACH_VALUE(
            Rules.RULES
                    .replace("from: /payload/temperature", "expression: payload.temperature")
                    .replace("from: /payload/voltage, scale: 0.1", "expression: payload.voltage * 0.1")
                    .replace("from: /meta/sequence", "expression: meta.sequence"),
            () -> Reading.utf8(Reading.JSON)),
    EXPRESSION_FOR_THE_REPORT("""
            to: properties
            device-id: /deviceId
            services-from:
              expression: >-
                [{"service_id": "Meter", "event_time": ts, "properties": {"temperature": payload.temperature,
                "voltage": payload.voltage * 0.1, "sequence": meta.sequence}}]
            """, () -> Reading.utf8(Reading.JSON));

    private static final int MANY = 100;
    private static final int DEVICES = 1_000;
    private static final String MODEL = """
            {"product_id": "meter", "service_capabilities": [{"service_id": "Meter", "properties": [
              {"property_name": "temperature", "data_type": "decimal", "min": "-40.0", "max": "85.0", "method": "R"},
              {"property_name": "voltage", "data_type": "decimal", "min": "0", "max": "500", "method": "R"},
              {"property_name": "sequence", "data_type": "int", "min": "0", "max": "2147483647", "method": "R"},
              {"property_name": "state", "data_type": "string", "max_length": 16, "method": "R"}]}]}
            """;

    /** Five rules: device, time and three properties. */
    private static final class Rules {

        private static final String RULES = rules("/deviceId", "/ts", "/payload/", "/meta/");

        private static final String SENML_RULES = """
                to: properties
                device-id: { from: /0/n, pattern: "^([^:]+):" }
                services:
                - id: Meter
                  event-time: /0/t
                  properties:
                    temperature: { from: /0/v, type: decimal }
                    voltage: { from: /1/v, scale: 0.1 }
                    sequence: { from: /2/v, type: int }
                """;

        private static String rules(String id, String time, String payload, String meta) {
            return """
                    to: properties
                    device-id: %s
                    services:
                    - id: Meter
                      event-time: %s
                      properties:
                        temperature: { from: %stemperature, type: decimal }
                        voltage: { from: %svoltage, scale: 0.1 }
                        sequence: { from: %ssequence, type: int }
                    """.formatted(id, time, payload, payload, meta);
        }
    }

    private final String route;
    private final Callable<byte[]> value;

    Case(String route, Callable<byte[]> value) {
        this.route = route;
        this.value = value;
    }

    /** How many reports a record becomes. */
    int reports() {
        return 1;
    }

    /** The record's value. */
    byte[] value() {
        try {
            return value.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** As the table calls it. */
    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Makes the body of the request, or of all requests as one. */
    Callable<byte[]> prepared() {
        return prepared(new SourceRecord(
                new RecordPosition("readings", 3, 4_711),
                Instant.parse("2026-01-01T00:00:01Z"),
                Reading.utf8(Reading.DEVICE),
                value(),
                List.of()));
    }

    Callable<byte[]> prepared(SourceRecord record) {
        PollThread thread = thread();
        return () -> thread.body(record);
    }

    private PollThread thread() {
        DeviceDirectory directory = KnownDevices.of("meter-", DEVICES, "meter");
        RecordDecoders decoders = RecordDecoders.standard(new KnownSchemas(Reading.SCHEMAS));
        try (SettingsReader reader = new SettingsReader(environment())) {
            RoutesProperties routes =
                    reader.readAsFarAsPossible(RoutesProperties.class).orElseThrow();
            ModelsProperties models =
                    reader.readAsFarAsPossible(ModelsProperties.class).orElseThrow();
            Routes compiled = switch (RouteCompiler.compile(routes.routes(), Map.of())) {
                case RouteCompiler.Compilation.Compiled good -> good.routes();
                case RouteCompiler.Compilation.Wrong wrong ->
                    throw new IllegalStateException(wrong.problems().toString());
            };
            LoadedModels loaded = switch (ModelCompiler.compile(models, compiled.shapes())) {
                case ModelCompiler.Compilation.Compiled good -> good.models();
                case ModelCompiler.Compilation.Wrong wrong ->
                    throw new IllegalStateException(wrong.problems().toString());
            };
            reader.check("relay");
            List<Route> ofTopic = compiled.of("readings");
            return new PollThread(ofTopic, decoders, loaded, directory, Clock.systemUTC());
        }
    }

    private StandardEnvironment environment() {
        StandardEnvironment environment = new StandardEnvironment();
        try {
            Path model = Files.writeString(Files.createTempFile("model", ".json"), MODEL);
            model.toFile().deleteOnExit();
            String yaml = "relay:\n  models.products.meter: " + model.toUri()
                    + "\n  routes:\n  - name: meters\n    topics: [readings]\n" + route.indent(4);
            new YamlPropertySourceLoader()
                    .load("case", new ByteArrayResource(Reading.utf8(yaml)))
                    .forEach(environment.getPropertySources()::addFirst);
            return environment;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
