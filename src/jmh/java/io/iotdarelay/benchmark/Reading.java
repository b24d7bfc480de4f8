package io.iotdarelay.benchmark;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.iotdarelay.schemas.SchemaText;
import io.iotdarelay.schemas.SchemaType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORMapper;
import tools.jackson.dataformat.smile.SmileMapper;

/** One reading of a meter, in every format: 300 bytes as JSON. */
final class Reading {

    static final String DEVICE = "meter-00042";

    /** The registry's schemas. */
    static final int AVRO = 17;

    static final int AVRO_WITH_TIMESTAMP = 18;

    static final int PROTOBUF = 19;

    static final String JSON = """
            {"deviceId":"meter-00042","ts":1767225600123,\
            "payload":{"temperature":21.53,"voltage":2301,"humidity":48.2,"energy":1048576.25,"state":"running"},\
            "meta":{"sequence":99812,"site":"plant-7","line":"pack","firmware":"2.4.1-rc12","rssi":-67,\
            "uplink":"wifi","battery":3.61,"tags":["indoor","calibrated"]}}""";

    /** The same with the time as most write it in text. */
    static final String JSON_WITH_TEXT_TIME = JSON.replace("1767225600123", "\"2026-01-01T00:00:00.123Z\"");

    static final String INFLUX = """
            meter,deviceId=meter-00042,site=plant-7,line=pack temperature=21.53,voltage=2301i,humidity=48.2,\
            energy=1048576.25,state="running",sequence=99812i,firmware="2.4.1-rc12",rssi=-67i,uplink="wifi",\
            battery=3.61 1767225600123000000""";

    static final String CSV =
            "meter-00042,1767225600123,21.53,2301,48.2,1048576.25,running,99812,plant-7,pack,2.4.1-rc12,-67,"
                    + "wifi,3.61";

    static final String SENML = """
            [{"bn":"meter-00042:","bt":1767225600.123,"n":"temperature","u":"Cel","v":21.53},{"n":"voltage","v":2301},\
            {"n":"sequence","v":99812},{"n":"humidity","u":"%RH","v":48.2},{"n":"state","vs":"running"}]""";

    static final String CLOUD_EVENT = """
            {"specversion":"1.0","id":"99812","source":"/plant-7/pack","type":"reading","datacontenttype":\
            "application/json","data":""" + JSON + "}";

    static final String CONNECT = """
            {"schema":{"type":"struct","optional":false,"name":"Reading","fields":[\
            {"field":"deviceId","type":"string"},{"field":"ts","type":"int64"},\
            {"field":"payload","type":"struct","fields":[{"field":"temperature","type":"double"},\
            {"field":"voltage","type":"int32"},{"field":"humidity","type":"double"},{"field":"energy","type":"double"},\
            {"field":"state","type":"string"}]},\
            {"field":"meta","type":"struct","fields":[{"field":"sequence","type":"int64"},{"field":"site","type":"string"},\
            {"field":"line","type":"string"},{"field":"firmware","type":"string"},{"field":"rssi","type":"int32"},\
            {"field":"uplink","type":"string"},{"field":"battery","type":"double"},\
            {"field":"tags","type":"array","items":{"type":"string"}}]}]},"payload":""" + JSON + "}";

    private static final String AVRO_SCHEMA = """
            {"type":"record","name":"Reading","fields":[{"name":"deviceId","type":"string"},
             {"name":"ts","type":"long"},
             {"name":"payload","type":{"type":"record","name":"Payload","fields":[
              {"name":"temperature","type":"double"},{"name":"voltage","type":"int"},{"name":"humidity","type":"double"},
              {"name":"energy","type":"double"},{"name":"state","type":"string"}]}},
             {"name":"meta","type":{"type":"record","name":"Meta","fields":[
              {"name":"sequence","type":"long"},{"name":"site","type":"string"},{"name":"line","type":"string"},
              {"name":"firmware","type":"string"},{"name":"rssi","type":"int"},{"name":"uplink","type":"string"},
              {"name":"battery","type":"double"},
              {"name":"tags","type":{"type":"array","items":"string"}}]}}]}""";

    private static final String PROTOBUF_SCHEMA = """
            syntax = "proto3";
            message Reading { string deviceId = 1; int64 ts = 2; Payload payload = 3; Meta meta = 4; }
            message Payload { double temperature = 1; int32 voltage = 2; double humidity = 3; double energy = 4;
              string state = 5; }
            message Meta { int64 sequence = 1; string site = 2; string line = 3; string firmware = 4; sint32 rssi = 5;
              string uplink = 6; double battery = 7; repeated string tags = 8; }
            """;

    static final Map<Integer, SchemaText> SCHEMAS = Map.of(
            AVRO, new SchemaText(SchemaType.AVRO, AVRO_SCHEMA, List.of()),
            AVRO_WITH_TIMESTAMP,
                    new SchemaText(
                            SchemaType.AVRO,
                            AVRO_SCHEMA.replace(
                                    "\"ts\",\"type\":\"long\"",
                                    "\"ts\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}"),
                            List.of()),
            PROTOBUF, new SchemaText(SchemaType.PROTOBUF, PROTOBUF_SCHEMA, List.of()));

    private Reading() {}

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** So many readings in one record. */
    static byte[] json(int readings) {
        return utf8("{\"readings\":[" + String.join(",", Collections.nCopies(readings, JSON)) + "]}");
    }

    static byte[] cbor() {
        return new CBORMapper().writeValueAsBytes(tree());
    }

    static byte[] cbor(String json) {
        return new CBORMapper().writeValueAsBytes(JsonMapper.shared().readTree(json));
    }

    static byte[] smile() {
        return new SmileMapper().writeValueAsBytes(tree());
    }

    static byte[] messagePack() throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            pack(packer, tree());
            return packer.toByteArray();
        }
    }

    static byte[] avro(int number) throws IOException {
        Schema schema = new Schema.Parser().parse(AVRO_SCHEMA);
        GenericRecord reading = new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().jsonDecoder(schema, JSON));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(reading, encoder);
        encoder.flush();
        return framed(number, bytes.toByteArray());
    }

    static byte[] protobuf() throws IOException {
        JsonNode tree = tree();
        byte[] reading = message(out -> {
            out.writeString(1, text(tree, "deviceId"));
            out.writeInt64(2, tree.path("ts").longValue());
            out.writeByteArray(3, payload(tree.path("payload")));
            out.writeByteArray(4, meta(tree.path("meta")));
        });
        // the first message of the file
        return framed(
                PROTOBUF,
                ByteString.copyFrom(new byte[] {0})
                        .concat(ByteString.copyFrom(reading))
                        .toByteArray());
    }

    /** With the number of a schema in front. */
    static byte[] framed(int schema, byte[] value) {
        return ByteBuffer.allocate(1 + Integer.BYTES + value.length)
                .put((byte) 0)
                .putInt(schema)
                .put(value)
                .array();
    }

    static byte[] gzip() throws IOException {
        return compressed(GZIPOutputStream::new);
    }

    static byte[] zlib() throws IOException {
        return compressed(DeflaterOutputStream::new);
    }

    static byte[] zstd() {
        return Zstd.compress(utf8(JSON));
    }

    /** As most producers write it: blocks of up to 64 KB. */
    static byte[] lz4() throws IOException {
        return compressed(out -> new LZ4FrameOutputStream(out, LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB));
    }

    /** With the largest blocks, which are the default of Java's library. */
    static byte[] lz4OfLargeBlocks() throws IOException {
        return compressed(LZ4FrameOutputStream::new);
    }

    private static JsonNode tree() {
        return JsonMapper.shared().readTree(JSON);
    }

    private static byte[] payload(JsonNode payload) throws IOException {
        return message(out -> {
            out.writeDouble(1, payload.path("temperature").doubleValue());
            out.writeInt32(2, payload.path("voltage").intValue());
            out.writeDouble(3, payload.path("humidity").doubleValue());
            out.writeDouble(4, payload.path("energy").doubleValue());
            out.writeString(5, text(payload, "state"));
        });
    }

    private static byte[] meta(JsonNode meta) throws IOException {
        return message(out -> {
            out.writeInt64(1, meta.path("sequence").longValue());
            out.writeString(2, text(meta, "site"));
            out.writeString(3, text(meta, "line"));
            out.writeString(4, text(meta, "firmware"));
            out.writeSInt32(5, meta.path("rssi").intValue());
            out.writeString(6, text(meta, "uplink"));
            out.writeDouble(7, meta.path("battery").doubleValue());
            for (JsonNode tag : meta.path("tags")) {
                out.writeString(8, tag.stringValue());
            }
        });
    }

    private static String text(JsonNode object, String member) {
        return object.path(member).stringValue();
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    private static void pack(MessageBufferPacker packer, JsonNode node) throws IOException {
        switch (node.getNodeType()) {
            case OBJECT -> {
                packer.packMapHeader(node.size());
                for (Map.Entry<String, JsonNode> member : node.properties()) {
                    packer.packString(member.getKey());
                    pack(packer, member.getValue());
                }
            }
            case ARRAY -> {
                packer.packArrayHeader(node.size());
                for (JsonNode element : node) {
                    pack(packer, element);
                }
            }
            case NUMBER -> {
                if (node.isIntegralNumber()) {
                    packer.packLong(node.longValue());
                } else {
                    packer.packDouble(node.doubleValue());
                }
            }
            default -> packer.packString(node.stringValue());
        }
    }

    private interface Compressor {
        OutputStream around(OutputStream out) throws IOException;
    }

    private static byte[] compressed(Compressor compressor) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = compressor.around(bytes)) {
            out.write(utf8(JSON));
        }
        return bytes.toByteArray();
    }
}
