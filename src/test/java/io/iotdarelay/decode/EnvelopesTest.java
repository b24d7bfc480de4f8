package io.iotdarelay.decode;

import static io.iotdarelay.decode.Decodings.detail;
import static io.iotdarelay.decode.Decodings.json;
import static io.iotdarelay.decode.Decodings.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values within values: Kafka Connect's envelope, CloudEvents, and what headers say. */
class EnvelopesTest {

    private static final Encoding CONNECT = Encoding.of(Format.CONNECT_JSON);
    private static final Encoding EVENTS = Encoding.of(Format.CLOUDEVENTS);
    private static final Encoding AUTO = new Encoding(Format.AUTO, Compression.AUTO, Encoding.DEFAULT_MAX_SIZE, null);
    private static final byte[] JSON = utf8("{\"a\":1}");
    private static final byte[] CBOR = HexFormat.of().parseHex("a1616101");

    @Test
    void unwrapsWhatConnectWrites() {
        assertThat(json(CONNECT, utf8("""
                {"schema":{"type":"struct","fields":[
                  {"type":"string","field":"device"},
                  {"type":"int64","name":"org.apache.kafka.connect.data.Timestamp","field":"ts"},
                  {"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"2"},"field":"price"},
                  {"type":"bytes","field":"raw"},
                  {"type":"int32","name":"org.apache.kafka.connect.data.Date","field":"day"},
                  {"type":"int32","name":"org.apache.kafka.connect.data.Time","field":"time"},
                  {"type":"array","items":{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"0"}},
                   "field":"list"},
                  {"type":"map","keys":{"type":"string"},"values":{"type":"int64","name":"io.debezium.time.MicroTimestamp"},"field":"map"},
                  {"type":"map","keys":{"type":"int32"},"values":{"type":"bytes"},"field":"pairs"},
                  {"type":"bytes","optional":true,"field":"none"},
                  {"type":"bytes","optional":true,"field":"absent"}]},
                 "payload":{"device":"m-1","ts":1767261600123,"price":"APo=","raw":"AQI=","day":20454,"time":36000500,
                  "list":["/w=="],"map":{"k":1767261600123456},"pairs":[[1,"AQI="]],"none":null}}"""))).isEqualTo("""
                {"device":"m-1","ts":"2026-01-01T10:00:00.123Z","price":2.50,"raw":"AQI=","day":"2026-01-01","time":"10:00:00.500",\
                "list":[-1],"map":{"k":"2026-01-01T10:00:00.123456Z"},"pairs":[[1,"AQI="]],"none":null}""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "null|{\"a\":1}|{\"a\":1}",
                "{\"type\":\"string\"}|\"m-1\"|\"m-1\"",
                "{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"2\"}}|2.50|2.50",
                "{\"type\":\"struct\",\"name\":\"io.debezium.data.VariableScaleDecimal\"}|{\"scale\":3,\"value\":\"BNI=\"}|1.234",
                "{\"type\":\"int64\",\"name\":\"io.debezium.time.NanoTimestamp\"}|-1|\"1969-12-31T23:59:59.999999999Z\"",
                "{\"type\":\"int64\",\"name\":\"io.debezium.time.MicroTime\"}|1|\"00:00:00.000001\"",
                "{\"type\":\"int64\",\"name\":\"io.debezium.time.NanoTime\"}|1|\"00:00:00.000000001\"",
                "{\"type\":\"int64\",\"name\":\"io.debezium.time.NanoTimestamp\"}|-9223372036854775808|\"1677-09-21T00:12:43.145224192Z\"",
                "{\"type\":\"int64\",\"name\":\"io.debezium.time.MicroTimestamp\"}|-9223372036854775808|\"-290308-12-21T19:59:05.224192Z\"",
                "{\"type\":\"int64\",\"name\":\"io.debezium.time.NanoTime\"}|86399999999999|\"23:59:59.999999999\"",
                "{\"type\":\"double\"}|21.5|21.5",
                "{\"type\":\"struct\",\"fields\":[]}|null|null"
            })
    void unwrapsSingleValues(String schema, String payload, String json) {
        assertThat(json(CONNECT, utf8("{\"schema\":" + schema + ",\"payload\":" + payload + "}")))
                .isEqualTo(json);
    }

    @Test
    void namesWhereAValueIsWrong() {
        String schema = "{\"type\":\"map\",\"values\":{\"type\":\"array\",\"items\":{\"type\":\"bytes\"}}}";

        assertThat(detail(CONNECT, utf8("{\"schema\":" + schema + ",\"payload\":{\"a\":[\"AQ==\",\"!\"]}}")))
                .isEqualTo("the schema needs base64 at payload/a/1");
        assertThat(detail(CONNECT, utf8("{\"schema\":" + schema + ",\"payload\":{\"" + "a".repeat(9_000) + "\":[1]}}")))
                .isEqualTo("the schema needs base64 at payload/" + "a".repeat(192) + "...");
    }

    /** Long names above many elements, and many fields that none of many values has. */
    @Test
    void takesTimeInProportionToTheLengthOfAConnectValue() {
        String names =
                "{\"type\":\"struct\",\"fields\":[{\"field\":\"NAME\",\"type\":\"array\",\"items\":{\"type\":\"int8\"}}]}"
                        .replace("NAME", "n".repeat(9_999));
        String fields = "{\"type\":\"array\",\"items\":{\"type\":\"struct\",\"fields\":["
                + IntStream.range(0, 50_000)
                        .mapToObj(i -> "{\"type\":\"int8\",\"field\":\"f" + i + "\"}")
                        .collect(Collectors.joining(","))
                + "]}}";
        byte[] longNames = utf8("{\"schema\":" + names + ",\"payload\":{\"" + "n".repeat(9_999) + "\":["
                + "1,".repeat(1_000_000) + "1]}}");
        byte[] manyFields = utf8("{\"schema\":" + fields + ",\"payload\":[" + "{},".repeat(300_000) + "{}]}");

        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(6), () -> Decodings.tree(CONNECT, longNames));
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(6), () -> Decodings.tree(CONNECT, manyFields));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "1",
                "{\"payload\":1}",
                "{\"schema\":{\"type\":\"bytes\"},\"payload\":\"!\"}",
                "{\"schema\":{\"type\":\"bytes\"},\"payload\":1}",
                "{\"schema\":{\"type\":\"struct\"},\"payload\":1}",
                "{\"schema\":{\"type\":\"array\"},\"payload\":1}",
                "{\"schema\":{\"type\":\"map\"},\"payload\":1}",
                "{\"schema\":{\"type\":\"map\"},\"payload\":[1]}",
                "{\"schema\":{\"type\":\"map\"},\"payload\":[[1,2,3]]}",
                "{\"schema\":{\"type\":\"int64\",\"name\":\"org.apache.kafka.connect.data.Timestamp\"},\"payload\":1.5}",
                "{\"schema\":{\"type\":\"int64\",\"name\":\"org.apache.kafka.connect.data.Timestamp\"},\"payload\":9223372036854775808}",
                "{\"schema\":{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\"},\"payload\":\"APo=\"}",
                "{\"schema\":{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\","
                        + "\"parameters\":{\"scale\":\"2147483647\"}},\"payload\":\"APo=\"}",
                "{\"schema\":{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\","
                        + "\"parameters\":{\"scale\":\"2\"}},\"payload\":\"\"}",
                "{\"schema\":{\"name\":\"io.debezium.data.VariableScaleDecimal\"},\"payload\":{\"scale\":4294967298,\"value\":\"APo=\"}}",
                "{\"schema\":{\"type\":\"int64\",\"name\":\"io.debezium.time.NanoTime\"},\"payload\":-1}",
                "{\"schema\":{\"type\":\"int64\",\"name\":\"io.debezium.time.MicroTime\"},\"payload\":9223372036854775807}",
                "{\"schema\":{\"type\":\"int64\",\"name\":\"org.apache.kafka.connect.data.Timestamp\"},\"payload\":NaN}",
                "{\"schema\":{\"type\":\"int32\",\"name\":\"org.apache.kafka.connect.data.Date\"},\"payload\":9223372036854775807}",
                "{\"schema\":{\"type\":\"int32\",\"name\":\"org.apache.kafka.connect.data.Time\"},\"payload\":86400000}",
                "{\"schema\":{\"type\":\"int64\",\"name\":\"org.apache.kafka.connect.data.Timestamp\"},\"payload\":\"x\"}",
                "{\"schema\":{\"type\":\"int64\",\"name\":\"org.apache.kafka.connect.data.Timestamp\"},\"payload\":1e999999999}"
            })
    void rejectsWhatTheSchemaDoesNotAllow(String envelope) {
        detail(CONNECT, utf8(envelope));
    }

    @Test
    void rejectsDecimalsThatTakeMinutesToWrite() {
        String million = Base64.getEncoder().encodeToString(HexFormat.of().parseHex("77".repeat(1_000_000)));

        assertThat(detail(
                        CONNECT,
                        utf8("{\"schema\":{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\","
                                + "\"parameters\":{\"scale\":\"2\"}},\"payload\":\"" + million + "\"}")))
                .isEqualTo("a number is out of range");
    }

    @Test
    void saysWhereTheSchemaDoesNotFit() {
        assertThat(
                        detail(
                                CONNECT,
                                utf8(
                                        "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"field\":\"a\",\"type\":\"bytes\"}]},\"payload\":{\"a\":1}}")))
                .isEqualTo("the schema needs base64 at payload/a");
        String name = "n".repeat(1000);
        assertThat(detail(
                        CONNECT,
                        utf8("{\"schema\":{\"type\":\"struct\",\"fields\":[{\"field\":\"" + name
                                + "\",\"type\":\"bytes\"}]},\"payload\":{\"" + name + "\":1}}")))
                .hasSizeLessThan(300);
    }

    @Test
    void takesTimesAtTheEndOfTheRange() {
        assertThat(
                        json(
                                CONNECT,
                                utf8(
                                        "{\"schema\":{\"name\":\"org.apache.kafka.connect.data.Timestamp\"},\"payload\":9223372036854775807}")))
                .startsWith("\"+292278994-");
    }

    @Test
    void readsStructuredEvents() {
        byte[] event = utf8("{\"specversion\":\"1.0\",\"subject\":\"m-1\",\"data\":{\"a\":1}}");

        assertThat(json(EVENTS, event, "content-type", "application/cloudevents+json; charset=UTF-8"))
                .isEqualTo("{\"specversion\":\"1.0\",\"subject\":\"m-1\",\"data\":{\"a\":1}}");
        assertThat(json(EVENTS, event)).contains("\"data\":{\"a\":1}");
        assertThat(json(AUTO, event, "content-type", "application/cloudevents+json"))
                .contains("\"data\":{\"a\":1}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "application/json|eyJhIjoxfQ==|{\"a\":1}",
                "application/cbor|oWFhAQ==|{\"a\":1}",
                "text/plain|YQ==|\"a\"",
                "application/octet-stream|AQI=|\"AQI=\""
            })
    void readsDataInBase64(String type, String base64, String json) {
        assertThat(json(
                        EVENTS,
                        utf8("{\"specversion\":\"1.0\",\"datacontenttype\":\"" + type + "\",\"data_base64\":\"" + base64
                                + "\"}")))
                .isEqualTo("{\"specversion\":\"1.0\",\"datacontenttype\":\"" + type + "\",\"data\":" + json + "}");
    }

    @Test
    void readsBinaryEvents() {
        assertThat(json(
                        EVENTS,
                        CBOR,
                        "ce_specversion",
                        "1.0",
                        "ce_subject",
                        "m-1",
                        "CE_myext",
                        "x",
                        "content-type",
                        "application/cbor"))
                .isEqualTo(
                        "{\"specversion\":\"1.0\",\"subject\":\"m-1\",\"myext\":\"x\",\"datacontenttype\":\"application/cbor\","
                                + "\"data\":{\"a\":1}}");
        assertThat(json(AUTO, JSON, "ce_specversion", "1.0")).isEqualTo("{\"specversion\":\"1.0\",\"data\":{\"a\":1}}");
    }

    @Test
    void readsEventsOfTheVersionBefore() {
        assertThat(json(EVENTS, utf8("{\"specversion\":\"0.3\",\"data\":1}")))
                .isEqualTo("{\"specversion\":\"0.3\",\"data\":1}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/x-ndjson", "application/cbor", "application/x-jackson-smile", "application/json"})
    void rejectsDataThatIsNotThere(String type) {
        assertThat(detail(
                        EVENTS,
                        utf8("{\"specversion\":\"1.0\",\"datacontenttype\":\"" + type + "\",\"data_base64\":\"\"}")))
                .isEqualTo("the value is empty");
    }

    @Test
    void ignoresHeadersThatSayNothing() {
        SourceRecord record = new SourceRecord(
                new RecordPosition("topic", 0, 0),
                Decodings.NOW,
                null,
                JSON,
                List.of(
                        new RecordHeader("content-type", utf8("text/plain")),
                        new RecordHeader("content-type", utf8("\"")),
                        new RecordHeader("content-type", utf8("\"x")),
                        new RecordHeader("content-type", utf8("")),
                        new RecordHeader("content-type", null),
                        new RecordHeader("ce_specversion", utf8("1.0")),
                        new RecordHeader("ce_subject", null)));
        RecordDecoder decoder = RecordDecoders.standard().of(EVENTS);

        assertThat(decoder.decode(record).toString()).contains("{\"a\":1}").doesNotContain("subject");
        assertThat(decoder.decode(record)).isEqualTo(decoder.decode(record));
        assertThat(json(AUTO, JSON, "content-type", "")).isEqualTo("{\"a\":1}");
        assertThat(detail(AUTO, JSON, "content-type", "\"")).contains("content-type");
        assertThat(detail(AUTO, JSON, "content-type", "\"x")).contains("content-type");
    }

    @Test
    void readsBatches() {
        assertThat(json(
                        EVENTS,
                        utf8("[{\"specversion\":\"1.0\",\"data\":1},{\"specversion\":\"1.0\"}]"),
                        "content-type",
                        "application/cloudevents-batch+json"))
                .isEqualTo("[{\"specversion\":\"1.0\",\"data\":1},{\"specversion\":\"1.0\"}]");
    }

    @Test
    void rejectsWhatIsNoEvent() {
        assertThat(detail(EVENTS, JSON)).contains("specversion");
        assertThat(detail(EVENTS, utf8("1"))).contains("object");
        assertThat(detail(EVENTS, utf8("{\"specversion\":\"2.0\"}"))).contains("specversion");
        assertThat(detail(EVENTS, JSON, "ce_specversion", "7")).contains("specversion");
        assertThat(detail(EVENTS, JSON, "content-type", "application/cloudevents+avro"))
                .contains("content-type");
        assertThat(detail(EVENTS, utf8("{\"specversion\":\"1.0\",\"data\":1,\"data_base64\":\"\"}")))
                .contains("not both");
        assertThat(detail(EVENTS, utf8("{\"specversion\":\"1.0\",\"data_base64\":\"!\"}")))
                .contains("base64");
        assertThat(detail(EVENTS, utf8("{\"specversion\":\"1.0\",\"data_base64\":1}")))
                .contains("base64");
        assertThat(detail(EVENTS, CBOR, "ce_specversion", "1.0", "content-type", "application/json"))
                .isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, 7b2261223a317d",
        "Application/JSON; charset=utf-8, 7b2261223a317d",
        "application/vnd.example+json, 7b2261223a317d",
        "application/cbor, a1616101",
        "application/vnd.example+cbor, a1616101",
        "application/msgpack, 81a16101",
        "application/x-msgpack, 81a16101",
        "application/x-jackson-smile, 3a290a01fa8061c2fb"
    })
    void choosesByContentType(String type, String value) {
        byte[] bytes = HexFormat.of().parseHex(value);

        assertThat(json(AUTO, bytes, "content-type", type)).isEqualTo("{\"a\":1}");
        assertThat(json(AUTO, bytes, "contentType", "\"" + type + "\"")).isEqualTo("{\"a\":1}");
    }

    @Test
    void choosesOtherFormatsByContentType() {
        assertThat(json(AUTO, JSON)).isEqualTo("{\"a\":1}");
        assertThat(json(AUTO, JSON, "content-type", "application/x-ndjson")).isEqualTo("[{\"a\":1}]");
        assertThat(json(AUTO, JSON, "content-type", "text/plain")).isEqualTo("\"{\\\"a\\\":1}\"");
        assertThat(json(AUTO, JSON, "content-type", "application/octet-stream")).isEqualTo("\"eyJhIjoxfQ==\"");
        assertThat(json(
                        AUTO,
                        utf8("[{\"n\":\"x\",\"v\":1,\"t\":1767261600}]"),
                        "content-type",
                        "application/senml+json"))
                .isEqualTo("[{\"n\":\"x\",\"v\":1,\"t\":1767261600}]");
        assertThat(json(
                        AUTO,
                        HexFormat.of().parseHex("81a300617802" + "01061a695645a0"),
                        "content-type",
                        "application/senml+cbor"))
                .isEqualTo("[{\"n\":\"x\",\"v\":1,\"t\":1767261600}]");
        assertThat(json(
                        new Encoding(
                                Format.AUTO,
                                Compression.AUTO,
                                Encoding.DEFAULT_MAX_SIZE,
                                new Encoding.Csv(List.of("a"), ',', '"')),
                        utf8("1"),
                        "content-type",
                        "text/csv"))
                .isEqualTo("[{\"a\":\"1\"}]");
    }

    @Test
    void rejectsContentTypesItDoesNotKnow() {
        assertThat(detail(AUTO, JSON, "content-type", "image/png")).contains("content-type");
        assertThat(detail(AUTO, JSON, "content-type", "text/csv")).contains("csv.columns");
        assertThat(detail(AUTO, new byte[] {0, 0, 0, 0, 7})).contains("0x00");
    }
}
