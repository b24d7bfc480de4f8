package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.Drafts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What routes make of values that JSON does not have. */
class FormatsInRoutesTest {

    @Test
    void routesOfATopicReadOneFormat() {
        assertThatThrownBy(() -> RouteYaml.sharing(
                        "to: message\ndevice-id: key", "to: message\ndevice-id: key\nformat: text\nwhen: { key: a }"))
                .hasMessageContaining("routes that share a topic need the same format and compression");
    }

    @Test
    void messagesCarryTextAsItIs() {
        assertThat(report(
                        "to: message\nformat: text\ndevice-id: key", "some \"text\"".getBytes(StandardCharsets.UTF_8)))
                .contains("\"content\":\"some \\\"text\\\"\"");
    }

    @Test
    void messagesCarryBytesInBase64() {
        assertThat(report("to: message\nformat: bytes\ndevice-id: key", new byte[] {1, 2, (byte) 0xff}))
                .contains("\"content\":\"AQL/\"");
    }

    @Test
    void bytesWithinAValueAreBase64OrNumbers() {
        assertThat(report("""
                        to: properties
                        format: cbor
                        device-id: key
                        services:
                        - id: S
                          event-time: timestamp
                          properties:
                            raw: /b
                            text: "x{/b}"
                            number: { from: /b, as: int16 }
                        """, HexFormat.of().parseHex("a16162420102")))
                .contains("{\"raw\":\"AQI=\",\"text\":\"xAQI=\",\"number\":258}");
    }

    /** Nothing in a request may be no JSON. */
    @Test
    void notANumberIsAText() {
        String route = """
                to: properties
                format: cbor
                device-id: key
                services:
                - id: S
                  event-time: timestamp
                  properties:
                    a: { from: /a%s }
                    b: /b
                """;
        byte[] value = HexFormat.of().parseHex("a26161fb7ff8000000000000616201");

        assertThat(report(route.formatted(""), value)).contains("{\"a\":\"NaN\",\"b\":1}");
        assertThat(report(route.formatted(", missing: [NaN], optional: true"), value))
                .contains("{\"b\":1}");
        assertThat(report(route.formatted(", type: decimal"), value)).contains("number");
    }

    /** The report's JSON, or why there is none. */
    private static String report(String yaml, byte[] value) {
        Route route = RouteYaml.route(yaml);
        SourceRecord record = new SourceRecord(
                new RecordPosition("topic", 0, 0),
                Instant.parse("2026-01-01T00:00:00Z"),
                "d".getBytes(StandardCharsets.UTF_8),
                value,
                List.of());
        Decoding.Decoded decoded = (Decoding.Decoded)
                RecordDecoders.standard().of(route.encoding()).decode(record);
        return switch (Drafts.only(route.map(record, decoded.tree()))) {
            case Draft.Reportable reportable ->
                new String(Drafts.json(reportable).utf8(), StandardCharsets.UTF_8);
            case Draft.Unmappable unmappable -> unmappable.rejection().detail();
            case Draft.Nothing nothing -> nothing.toString();
        };
    }
}
