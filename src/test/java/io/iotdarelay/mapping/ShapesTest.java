package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.iotda.RequestBody;
import io.iotdarelay.schemas.Compilation;
import io.iotdarelay.schemas.CompiledSchema;
import io.iotdarelay.schemas.Framing;
import io.iotdarelay.schemas.SchemaText;
import io.iotdarelay.schemas.SchemaType;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.Drafts;
import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Telemetry in the formats of real products is mapped as expected: {@code src/test/resources/shapes}. */
class ShapesTest {

    private static final Path SHAPES = Path.of("src/test/resources/shapes");

    static Stream<Path> shapes() throws IOException {
        try (Stream<Path> folders = Files.list(SHAPES)) {
            return folders.filter(Files::isDirectory).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void comesOutAsWanted(Path shape) throws IOException {
        SourceRecord record = record(json(shape.resolve("record.json")), value(shape));
        Route route = RouteYaml.route(Yaml.text(shape.resolve("route.yaml")));
        Decoding decoding = RecordDecoders.standard(any -> withSchema(shape))
                .of(route.encoding())
                .decode(record);
        assertThat(decoding).isInstanceOf(Decoding.Decoded.class);

        Mapping mapping = route.map(record, ((Decoding.Decoded) decoding).tree());

        assertThat(mapping).isInstanceOf(Mapping.Reports.class);
        List<Part> parts = ((Mapping.Reports) mapping).parts();
        JsonNode wanted = json(shape.resolve("requests.json"));
        assertThat(parts).hasSize(wanted.size());
        for (int i = 0; i < wanted.size(); i++) {
            Report report = Drafts.report(parts.get(i).draft());
            JsonNode request = wanted.path(i);
            assertThat(report.sender().value()).isEqualTo(request.path("sender").asString());
            assertThat(plain(JsonMapper.shared().readTree(RequestBody.of(List.of(report)))))
                    .isEqualTo(plain(request.path("body")));
        }
    }

    /** As if a registry had the schema {@code schema.avsc}. */
    private static RecordDecoder withSchema(Path shape) {
        return record -> {
            SchemaText text = new SchemaText(SchemaType.AVRO, Yaml.text(shape.resolve("schema.avsc")), List.of());
            CompiledSchema schema = ((Compilation.Compiled) Compilation.of(text)).schema();
            return schema.decode((Framing.Framed) Framing.of(record, SchemaType.AVRO));
        };
    }

    /** Text or not: {@code value.json}, {@code value.bin}. */
    private static byte[] value(Path shape) throws IOException {
        try (Stream<Path> files = Files.list(shape)) {
            return Files.readAllBytes(
                    files.filter(file -> file.getFileName().toString().startsWith("value."))
                            .findFirst()
                            .orElseThrow());
        }
    }

    private static SourceRecord record(JsonNode record, byte[] value) {
        List<RecordHeader> headers = new ArrayList<>();
        for (JsonNode header : record.path("headers")) {
            headers.add(new RecordHeader(header.path("name").asString(), bytes(header.path("value"))));
        }
        return new SourceRecord(
                new RecordPosition(record.path("topic").asString(), 0, 0),
                Instant.ofEpochMilli(record.path("timestamp").asLong()),
                bytes(record.path("key")),
                value,
                headers);
    }

    private static byte @Nullable [] bytes(JsonNode text) {
        if (text.isMissingNode()) {
            return null;
        }
        return text.isString()
                ? text.asString().getBytes(StandardCharsets.UTF_8)
                : HexFormat.of().parseHex(text.path("hex").asString());
    }

    private static JsonNode json(Path file) {
        return JsonMapper.shared().readTree(file);
    }

    /** Numbers count by their value: 12.0 is 12. */
    private static JsonNode plain(JsonNode tree) {
        return switch (tree.getNodeType()) {
            case NUMBER ->
                JsonNodeFactory.instance.stringNode(
                        tree.decimalValue().stripTrailingZeros().toPlainString());
            case ARRAY -> {
                var array = JsonNodeFactory.instance.arrayNode();
                tree.forEach(element -> array.add(plain(element)));
                yield array;
            }
            case OBJECT -> {
                var object = JsonNodeFactory.instance.objectNode();
                tree.forEachEntry((name, member) -> object.set(name, plain(member)));
                yield object;
            }
            default -> tree;
        };
    }
}
