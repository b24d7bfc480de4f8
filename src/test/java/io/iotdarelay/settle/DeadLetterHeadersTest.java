package io.iotdarelay.settle;

import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.header;
import static io.iotdarelay.testing.TestTelemetry.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.TestTelemetry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.support.SimpleKafkaHeaderMapper;

class DeadLetterHeadersTest {

    private static final Instant NOW = Instant.parse("2026-11-02T03:04:05.678901Z");
    private static final Rejection PLAIN = Rejection.of(RejectionReason.UNDECODABLE, "because ä");

    @Test
    void containsWhereTheRecordCameFrom() {
        Map<String, byte[]> headers = headers(PLAIN);

        assertThat(headers.get("kafka_dlt-original-topic")).asString().isEqualTo("topic");
        assertThat(headers.get("kafka_dlt-original-partition")).isEqualTo(new byte[] {0, 0, 0, 0});
        assertThat(headers.get("kafka_dlt-original-offset"))
                .isEqualTo(ByteBuffer.allocate(8).putLong(258).array());
        assertThat(headers.get("kafka_dlt-original-timestamp"))
                .isEqualTo(ByteBuffer.allocate(8)
                        .putLong(TestTelemetry.TIME.toEpochMilli())
                        .array());
        assertThat(headers.get("kafka_dlt-original-consumer-group")).asString().isEqualTo("group");
    }

    @Test
    void reportsWhy() {
        Map<String, byte[]> headers = headers(PLAIN);

        assertText(headers, "iotda-relay-reason", "undecodable");
        assertText(headers, "iotda-relay-detail", "because ä");
        assertText(headers, "iotda-relay-route", "route");
        assertText(headers, "iotda-relay-attempts", "0");
        assertText(headers, "iotda-relay-failed-at", "2026-11-02T03:04:05.678Z");
        assertText(headers, "iotda-relay-redrives", "0");
        assertThat(headers)
                .doesNotContainKeys(
                        "iotda-relay-device-id",
                        "iotda-relay-http-status",
                        "iotda-relay-error-code",
                        "iotda-relay-response");
    }

    @Test
    void reportsWhatThePlatformResponded() {
        Map<String, byte[]> headers = headers(new Rejection(
                RejectionReason.REFUSED,
                "why",
                device("d"),
                new PlatformAnswer(400, "IOTDA.000006", "{\"error_code\":\"IOTDA.000006\"}"),
                3));

        assertText(headers, "iotda-relay-device-id", "d");
        assertText(headers, "iotda-relay-http-status", "400");
        assertText(headers, "iotda-relay-error-code", "IOTDA.000006");
        assertText(headers, "iotda-relay-response", "{\"error_code\":\"IOTDA.000006\"}");
        assertText(headers, "iotda-relay-attempts", "3");
    }

    @Test
    void saysNothingOfACodeThatThereWasNot() {
        assertThat(headers(new Rejection(
                        RejectionReason.REFUSED, "why", null, new PlatformAnswer(418, null, "teapot"), 1)))
                .doesNotContainKey("iotda-relay-error-code")
                .containsKey("iotda-relay-response");
    }

    @Test
    void repeatsTheRecordsOwnByteForByte() {
        List<Header> headers = list(PLAIN, header("trace", "1"), header("trace", "2"), header("empty", null));

        assertThat(headers.subList(0, 3)).extracting(Header::key).containsExactly("trace", "trace", "empty");
        assertThat(headers.get(0).value()).asString().isEqualTo("1");
        assertThat(headers.get(1).value()).asString().isEqualTo("2");
        assertThat(headers.get(2).value()).isNull();
    }

    @Test
    void replacesItsOwnFromAnEarlierRound() {
        List<Header> headers = list(
                PLAIN,
                header("iotda-relay-reason", "refused"),
                header("iotda-relay-redrives", "2"),
                header("iotda-relay-redrives", null));

        assertThat(headers.stream().filter(header -> header.key().equals("iotda-relay-reason")))
                .singleElement()
                .extracting(header -> new String(header.value(), StandardCharsets.UTF_8))
                .isEqualTo("undecodable");
        assertThat(headers.stream().filter(header -> header.key().equals("iotda-relay-redrives")))
                .singleElement()
                .extracting(header -> new String(header.value(), StandardCharsets.UTF_8))
                .isEqualTo("3");
    }

    /** A producer may write headers of the same names. Ours come last, and the last counts: in Kafka's clients, and in Spring's. */
    @Test
    void countsOverHeadersThatAProducerHasForged() {
        RecordHeader[] forged = {
            header("kafka_dlt-original-topic", "team-b.telemetry"),
            header("kafka_dlt-original-partition", "9999"),
            header("kafka_dlt-original-offset", "99999999"),
            header("kafka_dlt-original-timestamp", "99999999"),
            header("kafka_dlt-original-consumer-group", "another"),
            header("iotda-relay-reason", "internal-error"),
            header("iotda-relay-device-id", "b-1"),
            header("iotda-relay-route", "team-b"),
            header("iotda-relay-http-status", "500"),
            header("iotda-relay-anything", "else")
        };

        Headers headers = new RecordHeaders(list(PLAIN, forged));

        Map<String, byte[]> honest = headers(PLAIN);
        Map<String, Object> mapped = new HashMap<>();
        new SimpleKafkaHeaderMapper().toHeaders(headers, mapped);
        honest.forEach((name, value) -> {
            assertThat(headers.lastHeader(name).value()).as(name).isEqualTo(value);
            assertThat(mapped.get(name)).as(name).isEqualTo(value);
        });
        assertThat(headers)
                .filteredOn(header -> header.key().startsWith("iotda-relay-"))
                .extracting(Header::key)
                .doesNotHaveDuplicates()
                .doesNotContain("iotda-relay-device-id", "iotda-relay-http-status", "iotda-relay-anything");
        assertThat(headers.headers("kafka_dlt-original-topic"))
                .as("the record's own stay as they are")
                .hasSize(2);
    }

    @Test
    void namesThePartsOfARecordThatFailedInPart() {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        list(
                        Rejection.of(RejectionReason.UNMAPPABLE, "why"),
                        new FailedParts("second", "second /a/1: unmappable, why", "second(/a) 0,2-9"),
                        header("iotda-relay-delivered-parts", "second(/a) 0"))
                .forEach(header -> headers.put(header.key(), header.value()));

        assertText(headers, "iotda-relay-route", "second");
        assertText(headers, "iotda-relay-failed-parts", "second /a/1: unmappable, why");
        assertText(headers, "iotda-relay-delivered-parts", "second(/a) 0,2-9");
    }

    @Test
    void staysWithinTheRoomThatTheTopicIsAskedFor() {
        Rejection longest = new Rejection(
                RejectionReason.INTERNAL_ERROR,
                "\u6f22".repeat(10_000),
                device("d".repeat(128)),
                new PlatformAnswer(400, "IOTDA.000006", "\u6f22".repeat(PlatformAnswer.MAX_EXCERPT)),
                Integer.MAX_VALUE);
        FailedParts parts =
                new FailedParts("r".repeat(64), "f".repeat(FailedParts.MOST_BYTES), "d".repeat(FailedParts.MOST_BYTES));

        assertThat(size(list(longest, parts))).isLessThan(16 * 1024);
        assertThat(size(list(longest))).isLessThan(16 * 1024);
    }

    private static int size(List<Header> headers) {
        return headers.stream()
                .mapToInt(header -> header.key().length() + 4 + header.value().length)
                .sum();
    }

    @Test
    void keepsWhatWasDeliveredBeforeWhereTheRecordFailsAsAWhole() {
        List<Header> headers =
                list(Rejection.of(RejectionReason.UNDECODABLE, "why"), header("iotda-relay-delivered-parts", "r 0"));

        assertThat(headers)
                .filteredOn(header -> header.key().equals("iotda-relay-delivered-parts"))
                .singleElement()
                .satisfies(header -> assertThat(new String(header.value(), StandardCharsets.UTF_8))
                        .isEqualTo("r 0"));
    }

    private static void assertText(Map<String, byte[]> headers, String name, String text) {
        assertThat(headers.get(name)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, byte[]> headers(Rejection rejection) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        list(rejection).forEach(header -> headers.put(header.key(), header.value()));
        return headers;
    }

    private static List<Header> list(Rejection rejection, RecordHeader... own) {
        return list(rejection, null, own);
    }

    private static List<Header> list(Rejection rejection, @Nullable FailedParts parts, RecordHeader... own) {
        RecordInFlight record =
                new RecordInFlight(new TestTelemetry.TestAssignment(), record(258, "key", "value", own), "route");
        List<Header> headers = new ArrayList<>();
        DeadLetterHeaders.of(record, rejection, parts, "group", NOW).forEach(headers::add);
        return headers;
    }
}
