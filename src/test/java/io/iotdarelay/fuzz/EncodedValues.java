package io.iotdarelay.fuzz;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.iotdarelay.decode.Compression;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.Format;
import io.iotdarelay.telemetry.RecordHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.FloatNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.cbor.CBORMapper;
import tools.jackson.dataformat.smile.SmileMapper;

/** Writes documents in all formats, most of them well-formed. */
final class EncodedValues {

    private static final Map<String, Format> CONTENT_TYPES = Map.ofEntries(
            Map.entry("application/json", Format.JSON),
            Map.entry("application/x-ndjson", Format.JSON_LINES),
            Map.entry("application/cbor", Format.CBOR),
            Map.entry("application/msgpack", Format.MESSAGEPACK),
            Map.entry("application/x-jackson-smile", Format.SMILE),
            Map.entry("text/plain; charset=utf-8", Format.TEXT),
            Map.entry("application/octet-stream", Format.BYTES),
            Map.entry("text/csv", Format.CSV),
            Map.entry("application/senml+json", Format.SENML),
            Map.entry("application/senml+cbor", Format.SENML_CBOR),
            Map.entry("application/cloudevents+json", Format.CLOUDEVENTS),
            Map.entry("image/png", Format.BYTES),
            Map.entry("", Format.JSON));

    private static final List<String> SCHEMAS = List.of(
            "null",
            "{}",
            "{\"type\":\"struct\",\"fields\":[{\"field\":\"ts\",\"type\":\"int64\","
                    + "\"name\":\"org.apache.kafka.connect.data.Timestamp\"}]}",
            "{\"type\":\"struct\",\"fields\":[{\"field\":\"v\",\"type\":\"bytes\","
                    + "\"name\":\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"2\"}}]}",
            "{\"type\":\"struct\",\"fields\":[{\"field\":\"temp\",\"type\":\"bytes\"}]}",
            "{\"type\":\"struct\",\"fields\":[{\"field\":\"payload\",\"type\":\"array\",\"items\":{\"type\":\"int32\","
                    + "\"name\":\"org.apache.kafka.connect.data.Date\"}}]}",
            "{\"type\":\"map\",\"values\":{\"type\":\"int64\",\"name\":\"io.debezium.time.NanoTimestamp\"}}",
            "{\"type\":[],\"name\":{}}");

    private static final List<JsonNode> ODD_NUMBERS = List.of(
            DoubleNode.valueOf(Double.NaN),
            DoubleNode.valueOf(Double.NEGATIVE_INFINITY),
            DoubleNode.valueOf(Double.MIN_VALUE),
            FloatNode.valueOf(Float.NaN),
            FloatNode.valueOf(Float.POSITIVE_INFINITY),
            FloatNode.valueOf(21.1f),
            JsonNodeFactory.instance.numberNode(BigInteger.TWO.pow(70)),
            JsonNodeFactory.instance.numberNode(new BigDecimal("1.5e300")));

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final ObjectMapper CBOR = new CBORMapper();
    private static final ObjectMapper SMILE = new SmileMapper();

    private final RandomGenerator random;
    private final List<RecordHeader> headers;
    private final Optional<RandomSchemas> schemas;

    /**
     * Writes values.
     *
     * @param headers receives those that say how a value is written
     * @param schemas for formats that have some
     */
    EncodedValues(RandomGenerator random, List<RecordHeader> headers, Optional<RandomSchemas> schemas) {
        this.random = random;
        this.headers = headers;
        this.schemas = schemas;
    }

    /** A document, written as a route expects it. */
    byte[] encoded(Encoding encoding, byte[] json) {
        byte[] value =
                random.nextInt(300) == 0 ? Bombs.any(random) : formatted(encoding.format(), encoding.csv(), json);
        if (encoding.compression() == Compression.AUTO && random.nextInt(3) == 0) {
            header("content-encoding", Names.any(List.of("gzip", "deflate", "zstd", "lz4", "identity", "br"), random));
            return packed(Names.any(List.of(Compression.values()), random), value);
        }
        return packed(encoding.compression(), value);
    }

    private byte[] formatted(Format format, Encoding.@Nullable Csv csv, byte[] json) {
        return switch (format) {
            case JSON, TEXT, BYTES -> json;
            case JSON_LINES -> joined(json, "\n", json);
            case CBOR -> written(CBOR, json);
            case SMILE -> written(SMILE, json);
            case MESSAGEPACK -> messagePack(json);
            case INFLUX -> utf8(lines(this::point));
            case CSV -> utf8(lines(() -> row(csv)));
            case SENML -> utf8("[" + senml() + "," + senml() + "]");
            case SENML_CBOR -> written(CBOR, utf8("[" + numbered(senml()) + "," + numbered(senml()) + "]"));
            case CLOUDEVENTS -> event(json);
            case CONNECT_JSON -> joined("{\"schema\":" + Names.any(SCHEMAS, random) + ",\"payload\":", json, "}");
            case AUTO -> {
                String type = Names.any(CONTENT_TYPES.keySet().stream().sorted().toList(), random);
                header("content-type", type);
                yield formatted(CONTENT_TYPES.getOrDefault(type, Format.JSON), csv, json);
            }
            case AVRO, PROTOBUF, JSON_SCHEMA -> schemas.orElseThrow().value(json, headers, random);
        };
    }

    private byte[] event(byte[] json) {
        if (random.nextBoolean()) {
            return joined(
                    "{\"specversion\":\"1.0\",\"subject\":\"" + Names.any(List.of("d", "x y"), random) + "\",\"data\":",
                    json,
                    "}");
        }
        header("ce_specversion", random.nextInt(10) == 0 ? "2" : "1.0");
        header("ce_subject", Values.text(random));
        header("content-type", Names.any(List.of("application/json", "application/cbor", "text/plain"), random));
        return json;
    }

    private String point() {
        return word() + (random.nextBoolean() ? "," + word() + "=" + word() : "") + " " + word() + "=" + field()
                + (random.nextBoolean() ? " " + random.nextLong() : "");
    }

    private String field() {
        return Names.any(List.of("1", "2i", "-1.5e3", "t", "FALSE", "\"a b\"", "7u", "1e400", "x", "\"\\\"\""), random);
    }

    private String word() {
        return random.nextInt(40) == 0
                ? Names.any(List.of("a\\ b", "a\\,b", "\\", "", "=", "#"), random)
                : Names.any(List.of("v", "temp", "device-1", "w" + random.nextInt(9)), random);
    }

    private String row(Encoding.@Nullable Csv csv) {
        if (csv == null) {
            return cell() + "," + cell();
        }
        return csv.columns().stream()
                .map(column -> switch (column) {
                    case "device_id" -> Names.id(random);
                    case "ts" -> "1793540096";
                    default -> cell();
                })
                .collect(Collectors.joining(String.valueOf(csv.separator())));
    }

    private String cell() {
        return Names.any(
                List.of("1", "m-1", "", "\"a,b\"", "\"a\"\"b\"", "\"", "a\"b", "2026-01-01T00:00:00Z"), random);
    }

    private String senml() {
        if (random.nextInt(5) > 0) {
            return "{\"bn\":\"device-1\",\"n\":\"" + Names.any(List.of("", "-temp", ":v"), random)
                    + "\",\"bt\":1793540000,\"t\":" + random.nextInt(100) + ",\"v\":" + random.nextInt(100) + "}";
        }
        return IntStream.range(0, 1 + random.nextInt(4))
                .mapToObj(i -> Names.any(
                        List.of(
                                "\"bn\":\"device-1\"",
                                "\"n\":\"temp\"",
                                "\"v\":21.5",
                                "\"bt\":1767261600",
                                "\"t\":-60",
                                "\"bv\":1e300",
                                "\"bs\":\"x\"",
                                "\"vd\":\"-_8\"",
                                "\"vb\":true",
                                "\"x_\":1",
                                "\"v\":1e2147483647"),
                        random))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String numbered(String record) {
        return record.replace("\"bn\"", "\"-2\"")
                .replace("\"bt\"", "\"-3\"")
                .replace("\"n\"", "\"0\"")
                .replace("\"t\"", "\"6\"")
                .replace("\"v\"", "\"2\"");
    }

    private String lines(java.util.function.Supplier<String> line) {
        return IntStream.range(0, 1 + random.nextInt(3))
                .mapToObj(i -> line.get())
                .collect(Collectors.joining("\n"));
    }

    private byte[] written(ObjectMapper mapper, byte[] json) {
        try {
            return mapper.writeValueAsBytes(binary(JSON.readTree(json)));
        } catch (JacksonException | NumberFormatException | ArithmeticException e) {
            return json;
        }
    }

    /** With some of what JSON does not have: numbers that are none, bytes, whole numbers of any size. */
    private JsonNode binary(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                node.forEachEntry((name, value) -> object.set(name, binary(value)));
                yield object;
            }
            case ARRAY -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                node.forEach(element -> array.add(binary(element)));
                yield array;
            }
            case NUMBER -> random.nextInt(40) > 0 ? node : Names.any(ODD_NUMBERS, random);
            case STRING ->
                random.nextInt(60) > 0
                        ? node
                        : JsonNodeFactory.instance.binaryNode(AvroValues.bytes(random.nextInt(20), random));
            default -> node;
        };
    }

    private byte[] messagePack(byte[] json) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            pack(binary(JSON.readTree(json)), packer);
            return packer.toByteArray();
        } catch (IOException | JacksonException | IllegalArgumentException | ArithmeticException e) {
            return json;
        }
    }

    private static void pack(JsonNode node, MessageBufferPacker packer) throws IOException {
        switch (node.getNodeType()) {
            case OBJECT -> {
                packer.packMapHeader(node.size());
                for (Map.Entry<String, JsonNode> member : node.properties()) {
                    packer.packString(member.getKey());
                    pack(member.getValue(), packer);
                }
            }
            case ARRAY -> {
                packer.packArrayHeader(node.size());
                for (JsonNode element : node) {
                    pack(element, packer);
                }
            }
            case BINARY -> {
                packer.packBinaryHeader(node.binaryValue().length);
                packer.writePayload(node.binaryValue());
            }
            case NUMBER -> {
                if (node.isDouble() || node.isFloat()) {
                    packer.packDouble(node.doubleValue());
                } else if (node.isIntegralNumber() && node.bigIntegerValue().bitLength() < Long.SIZE) {
                    packer.packBigInteger(node.bigIntegerValue());
                } else if (node.isIntegralNumber()) {
                    packer.packBigInteger(BigInteger.TWO.pow(Long.SIZE).subtract(BigInteger.ONE));
                } else {
                    packer.packDouble(node.decimalValue().doubleValue());
                }
            }
            case BOOLEAN -> packer.packBoolean(node.asBoolean());
            case STRING -> packer.packString(node.asString());
            default -> packer.packNil();
        }
    }

    private static byte[] packed(Compression compression, byte[] value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream packing = switch (compression) {
            case NONE, AUTO -> bytes;
            case GZIP -> new GZIPOutputStream(bytes);
            case ZLIB -> new DeflaterOutputStream(bytes);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(bytes);
            case LZ4 -> new LZ4FrameOutputStream(bytes, LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB);
        }) {
            packing.write(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void header(String name, String value) {
        headers.add(new RecordHeader(name, utf8(value)));
    }

    private static byte[] joined(Object... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Object part : parts) {
            bytes.writeBytes(part instanceof byte[] already ? already : utf8((String) part));
        }
        return bytes.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
