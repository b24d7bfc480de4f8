package io.iotdarelay.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.sun.management.ThreadMXBean;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteYaml;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.pipeline.Admissions;
import io.iotdarelay.pipeline.Admissions.Outcome;
import io.iotdarelay.registry.MemoryRegistry;
import io.iotdarelay.schemas.SchemaKey;
import io.iotdarelay.schemas.SchemaText;
import io.iotdarelay.schemas.SchemaType;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.MapDirectory;
import io.iotdarelay.testing.TestTelemetry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs that are known to bring programs down: each gets its verdict with the default bounds, in bounded time and memory. */
class HostileInputsTest {

    /** The bound of work is half a second; this is for slow and busy machines. Without bounds these inputs take minutes, or gigabytes. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final long MOST_ALLOCATED = 600_000_000;

    private static final int MANY = 100_000;
    private static final int MEGABYTE = 1024 * 1024;

    private static final String PROPERTIES =
            "to: properties\ndevice-id: key\nservices: [{ id: S, properties: { v: /v } }]\n";
    private static final String MESSAGES = "to: message\ndevice-id: key\neach: /a\n";

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static MemoryRegistry registry() {
        return new MemoryRegistry(true)
                .with(
                        new SchemaKey.Id(1),
                        schema(
                                SchemaType.AVRO,
                                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":[\"null\",\"R\"]}]}"))
                .with(
                        new SchemaKey.Id(2),
                        schema(
                                SchemaType.AVRO,
                                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"R\"},{\"name\":\"b\",\"type\":\"R\"}]}"))
                .with(new SchemaKey.Id(3), schema(SchemaType.PROTOBUF, "syntax=\"proto3\"; message M { M m = 1; }"))
                .with(
                        new SchemaKey.Id(4),
                        schema(SchemaType.PROTOBUF, "syntax=\"proto2\"; message M { required M m = 1; }"))
                .with(new SchemaKey.Id(5), schema(SchemaType.AVRO, "{\"type\":\"record\"}"))
                .with(new SchemaKey.Id(6), schema(SchemaType.AVRO, "{\"type\":\"array\",\"items\":".repeat(20_000)))
                .with(new SchemaKey.Id(7), schema(SchemaType.PROTOBUF, "message M {".repeat(20_000)))
                .with(new SchemaKey.Id(8), schema(SchemaType.AVRO, "{\"type\":\"array\",\"items\":\"null\"}"));
    }

    private static SchemaText schema(SchemaType type, String text) {
        return new SchemaText(type, text, List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zlib", "zstd", "lz4"})
    void aZipBombIsUndecodable(String compression) {
        assertThat(verdict("format: text\ncompression: " + compression + "\n" + PROPERTIES, packed(compression, 256)))
                .isEqualTo("undecodable: the value expands to more than max-value-size, 4194304 bytes");
    }

    @Test
    void aZipBombByItsHeaderIsUndecodable() {
        List<Route> routes = RouteYaml.sharing("format: auto\n" + PROPERTIES);
        SourceRecord record = new SourceRecord(
                new RecordPosition("topic", 0, 1),
                TestTelemetry.TIME,
                utf8("device"),
                packed("zstd", 256),
                List.of(TestTelemetry.header("content-encoding", "zstd")));

        assertThat(verdict(routes, record)).startsWith("undecodable: the value expands to more than max-value-size");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "^(a|aa)+$", "(.*a){20}$", "((a{0,100}){0,100})$"})
    void aRegexBombMatchesInLinearTimeOrIsTooLarge(String pattern) {
        String value = "{\"v\":\"" + "a".repeat(MANY) + "!\"}";
        String rule = "{ from: /v, pattern: '" + pattern + "', optional: true }";

        assertThat(verdict(
                        "to: properties\ndevice-id: key\nservices: [{ id: S, properties: { v: " + rule + " } }]\n",
                        utf8(value)))
                .matches("1 reports|skipped|unmappable: .*|too-large: .*");
    }

    @Test
    void aRegexBombForEachElementIsTooLarge() {
        String value = "{\"a\":[" + "1,".repeat(999) + "1],\"t\":\"" + "a".repeat(MANY) + "!\"}";

        assertThat(verdict(
                        MESSAGES + "message: { name: { from: /t, pattern: '^(a+)+$', optional: true } }\n",
                        utf8(value)))
                .startsWith("too-large: the rules take more than 50 million units of work");
    }

    @Test
    void aConditionDoesNotSearchLongTexts() {
        String value = "{\"a\":[" + "1,".repeat(999) + "1],\"t\":\"" + "a".repeat(MANY) + "!\"}";

        assertThat(verdict(MESSAGES + "each-when: { /t: { matches: '^(a+)+$' } }\n", utf8(value)))
                .isEqualTo("skipped");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "each: /a | too-large: each: more than 10000 elements in one record",
                "each: [/a, .] | too-large: each: more than 10000 elements in one record",
                "message: { content: /b } | 1 reports",
                "message: { name: '/a/[name=x]/v', content: /b } | unmappable: message name: /a/[name=x]/v finds nothing",
                "message: { name: { expression: '$string($sum(a.v))' } } | unmappable: message name: the expression: it makes an array of more than 10000 elements"
            })
    void anArrayOfAHundredThousandElementsIsBounded(String route, String verdict) {
        String value = "{\"b\":1,\"a\":[" + "{\"v\":1},".repeat(MANY - 1) + "{\"v\":1}]}";

        assertThat(verdict("to: message\ndevice-id: key\n" + route + "\n", utf8(value)))
                .startsWith(verdict);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "services: [{ id: S, each: /a, properties: { v: . } }] | unmappable: each: more than 10000 elements",
                "services: [{ id: S, properties: { '*': { each: /a, from: ., name: .index } } }] | unmappable: S.*: each: more than 10000 elements",
                "services: [{ id: S, properties: { '*': /o } }] | unmappable: S.*: there are more than 500 properties",
                "services-from: /s | too-large: the record alone exceeds the platform's limit"
            })
    void servicesOfAHundredThousandElementsAreBounded(String route, String verdict) {
        StringBuilder value = new StringBuilder("{\"a\":[" + "1,".repeat(MANY - 1) + "1],\"o\":{\"m\":1");
        for (int i = 0; i < MANY; i++) {
            value.append(",\"m").append(i).append("\":1");
        }
        value.append("},\"s\":[").append("{\"service_id\":\"S\",\"properties\":{\"v\":1}},".repeat(MANY - 1));
        value.append("{\"service_id\":\"S\",\"properties\":{\"v\":1}}]}");

        assertThat(verdict("to: properties\ndevice-id: key\n" + route + "\n", utf8(value.toString())))
                .startsWith(verdict);
    }

    @Test
    void moreReportsThanARecordMayBecomeAreTooLarge() {
        assertThat(verdict(MESSAGES, utf8("{\"a\":[" + "1,".repeat(1000) + "1]}")))
                .isEqualTo("too-large: the record would become more than 1000 reports (relay.records.max-reports)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "json || 5b | 5d",
                "json || 7b2276223a | 7d",
                "json-lines || 5b | 5d",
                "cbor || 81 | 01",
                "cbor || a16176 | 01",
                "cbor || c1 | 01",
                "messagepack || 91 | 01",
                "messagepack || 81a176 | 01",
                "smile | 3a290a01 | f8 | f9",
                "senml || 5b | 5d",
                "connect-json || 7b227061796c6f6164223a | 7d"
            })
    void deepNestingIsUndecodable(String format, @Nullable String head, String begin, String end) {
        String hex = Objects.toString(head, "") + begin.repeat(20_000) + end.repeat(20_000);

        assertThat(verdict(
                        "format: " + format + "\n" + PROPERTIES, HexFormat.of().parseHex(hex)))
                .startsWith("undecodable: ");
    }

    @Test
    void deepJsonInATextIsUnmappable() {
        String route =
                "to: properties\ndevice-id: key\nservices: [{ id: S, properties: { v: { from: /v, json: /a } } }]\n";

        assertThat(verdict(route, utf8("{\"v\":\"" + "[".repeat(MANY) + "]".repeat(MANY) + "\"}")))
                .startsWith("unmappable: S.v: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "avro | 9 | undecodable: the registry has no schema 9",
                "avro | -9 | undecodable: no registry has a negative schema ID, -9",
                "avro | 3 | undecodable: schema 3 is Protobuf, but the route's format is Avro",
                "protobuf | 1 | undecodable: schema 1 is Avro, but the route's format is Protobuf",
                "avro | 5 | undecodable: schema 5 cannot be used: it is not valid Avro",
                "avro | 6 | undecodable: schema 6 cannot be used: it is ",
                "protobuf | 7 | undecodable: schema 7 cannot be used: it is "
            })
    void aWrongSchemaIdIsUndecodable(String format, int id, String verdict) {
        byte[] value = ByteBuffer.allocate(8).put((byte) 0).putInt(id).array();

        assertThat(verdict("format: " + format + "\n" + PROPERTIES, value)).startsWith(verdict);
    }

    @Test
    void aValueWithoutASchemaIsUndecodable() {
        assertThat(verdict("format: avro\n" + PROPERTIES, utf8("{\"v\":1}")))
                .startsWith("undecodable: the value does not begin");
        assertThat(verdict("format: protobuf\n" + PROPERTIES, new byte[] {0, 0}))
                .startsWith("undecodable: the value ends within");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "avro | 1 | 02 | more than 200 levels",
                "avro | 2 | 00 | more than 200 levels",
                "protobuf | 4 | 000a02 | Protobuf",
                "avro | 8 | feffffff0f | more than 250000 values"
            })
    void aRecursiveSchemaIsBounded(String format, int id, String each, String why) {
        byte[] bytes = HexFormat.of().parseHex(each.repeat(20_000));
        byte[] value = ByteBuffer.allocate(5 + bytes.length)
                .put((byte) 0)
                .putInt(id)
                .put(bytes)
                .array();

        assertThat(verdict("format: " + format + "\n" + PROPERTIES, value))
                .startsWith("undecodable: ")
                .contains(why);
    }

    @Test
    void recursiveProtobufIsUndecodable() {
        byte[] message = new byte[0];
        for (int i = 0; i < 5_000; i++) {
            message = joined(new byte[] {0x0a}, varint(message.length), message);
        }

        assertThat(verdict("format: protobuf\n" + PROPERTIES, joined(new byte[] {0, 0, 0, 0, 3, 0}, message)))
                .startsWith("undecodable: ")
                .contains("more than 100 levels");
    }

    /** The table of docs/reliability.md. */
    @Test
    void theDocumentedTestsExist() throws IOException {
        String page = Files.readString(Path.of("docs/reliability.md"), StandardCharsets.UTF_8);
        String table =
                page.substring(page.indexOf("<!-- hostile inputs -->"), page.indexOf("<!-- end of hostile inputs -->"));
        List<String> tests = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`")
                .matcher(table)
                .results()
                .map(found -> found.group(1) + " " + found.group(2))
                .toList();

        assertThat(tests).hasSizeGreaterThan(20).allSatisfy(test -> {
            String[] names = test.split(" ", -1);
            assertThat(source(names[0])).as(test).contains(" " + names[1] + "(");
        });
    }

    private static String source(String test) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            Path file = files.filter(path -> path.endsWith(test + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(test));
            return Files.readString(file, StandardCharsets.UTF_8);
        }
    }

    private String verdict(String route, byte[] value) {
        return verdict(
                RouteYaml.sharing(route),
                new SourceRecord(
                        new RecordPosition("topic", 0, 1), TestTelemetry.TIME, utf8("device"), value, List.of()));
    }

    /** What becomes of the record, within the bounds. */
    private String verdict(List<Route> routes, SourceRecord record) {
        MemoryRegistry registry = registry();
        Admissions admissions =
                new Admissions(RecordDecoders.standard(registry), new MapDirectory(), ModelCheck.none(), false);
        long time = threads.getCurrentThreadCpuTime();
        long bytes = threads.getCurrentThreadAllocatedBytes();
        Outcome outcome = admissions.admit(routes, record);
        for (int i = 0; i < 10 && outcome instanceof Outcome.Postponed; i++) {
            registry.pass(Duration.ofSeconds(2));
            outcome = admissions.admit(routes, record);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - bytes)
                .as("bytes allocated")
                .isLessThan(MOST_ALLOCATED);
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - time))
                .as("processor time")
                .isLessThan(LONGEST);
        return shown(outcome);
    }

    private static String shown(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Skipped ignored -> "skipped";
            case Outcome.Postponed postponed -> "waits: " + postponed.detail();
            case Outcome.Rejected rejected ->
                rejected.rejection().reason().code() + ": "
                        + rejected.rejection().detail();
            case Outcome.Accepted accepted ->
                accepted.refused().stream()
                        .map(Admissions.Refused::rejection)
                        .map(rejection -> rejection.reason().code() + ": " + rejection.detail())
                        .findFirst()
                        .orElseGet(() -> accepted.made().size() + " reports");
        };
    }

    /** So many megabytes of the same byte. */
    private static byte[] packed(String compression, int megabytes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[MEGABYTE];
        Arrays.fill(part, (byte) 'x');
        try (OutputStream packing = switch (compression) {
            case "gzip" -> new GZIPOutputStream(bytes);
            case "zlib" -> new DeflaterOutputStream(bytes);
            case "zstd" -> new ZstdOutputStreamNoFinalizer(bytes);
            default -> new LZ4FrameOutputStream(bytes, LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB);
        }) {
            for (int i = 0; i < megabytes; i++) {
                packing.write(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] varint(int number) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int rest = number;
        while (rest > 0x7f) {
            bytes.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
        return bytes.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
