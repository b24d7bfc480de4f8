package io.iotdarelay.redrive;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LetterTest {

    private static final Instant WRITTEN = Instant.parse("2026-12-01T03:00:00Z");
    private static final RecordPosition POSITION = new RecordPosition("dlt", 1, 7);

    @Test
    void tellsWhereItsRecordStood() {
        Letter letter = letter(
                header("kafka_dlt-original-topic", "t"),
                number("kafka_dlt-original-partition", 3),
                number("kafka_dlt-original-offset", 42L),
                number("kafka_dlt-original-timestamp", 1_000L));

        assertThat(letter.origin()).contains(new RecordPosition("t", 3, 42));
        assertThat(letter.originalTime()).isEqualTo(Instant.ofEpochSecond(1));
        assertThat(letter.position()).isEqualTo(POSITION);
        assertThat(letter.at()).isEqualTo(WRITTEN);
    }

    @Test
    void doesNotBelieveWhatIsNotPlausible() {
        for (Letter letter : List.of(
                letter(),
                letter(header("kafka_dlt-original-topic", "t")),
                letter(header("kafka_dlt-original-topic", "t"), number("kafka_dlt-original-partition", 3)),
                letter(
                        header("kafka_dlt-original-topic", "t"),
                        number("kafka_dlt-original-partition", -3),
                        number("kafka_dlt-original-offset", 42L)),
                letter(
                        header("kafka_dlt-original-topic", "t"),
                        header("kafka_dlt-original-partition", "x"),
                        number("kafka_dlt-original-offset", 42L)))) {
            assertThat(letter.origin()).isEmpty();
            assertThat(letter.originalTime()).isEqualTo(WRITTEN);
        }
        assertThat(letter(header("iotda-relay-redrives", "many")).redrives()).isZero();
        assertThat(letter(header("iotda-relay-redrives", "2")).redrives()).isEqualTo(2);
    }

    /** A producer may have written such a header, too. */
    @Test
    void theLastHeaderCounts() {
        Letter letter = letter(header("iotda-relay-reason", "forged"), header("iotda-relay-reason", "unmappable"));

        assertThat(letter.reason()).contains("unmappable");
        assertThat(letter.device()).isEmpty();
        assertThat(letter.route()).isEmpty();
    }

    @Test
    void isSentAgainAsItWasAndWithWhatCounts() {
        SourceRecord again = letter(
                        header("trace", "x"),
                        header("iotda-relay-reason", "refused"),
                        header("iotda-relay-redrives", "1"),
                        header("iotda-relay-delivered-parts", "0"),
                        header("kafka_dlt-original-topic", "t"),
                        number("kafka_dlt-original-partition", 3),
                        number("kafka_dlt-original-offset", 42L),
                        number("kafka_dlt-original-timestamp", 1_000L))
                .again();

        assertThat(again.headers())
                .extracting(RecordHeader::name)
                .containsExactly("trace", "iotda-relay-redrives", "iotda-relay-delivered-parts");
        assertThat(again.timestamp()).isEqualTo(Instant.ofEpochSecond(1));
        assertThat(again.position().topic()).isEqualTo("t");
        assertThat(again.key()).isEqualTo(bytes("k"));
        assertThat(again.value()).isEqualTo(bytes("v"));
    }

    @Test
    void filtersByWhatItSays() {
        Letter letter = letter(
                header("iotda-relay-reason", "refused"),
                header("iotda-relay-route", "meters"),
                header("iotda-relay-device-id", "d"));

        assertThat(filter(null, null, null, null, null, Set.of()).matches(letter))
                .isTrue();
        assertThat(filter("refused", "meters", "d", WRITTEN, WRITTEN.plusMillis(1), Set.of(POSITION))
                        .matches(letter))
                .isTrue();
        assertThat(filter("other", null, null, null, null, Set.of()).matches(letter))
                .isFalse();
        assertThat(filter(null, "other", null, null, null, Set.of()).matches(letter))
                .isFalse();
        assertThat(filter(null, null, "D", null, null, Set.of()).matches(letter))
                .isFalse();
        assertThat(filter(null, null, null, WRITTEN.plusMillis(1), null, Set.of())
                        .matches(letter))
                .isFalse();
        assertThat(filter(null, null, null, null, WRITTEN, Set.of()).matches(letter))
                .isFalse();
        assertThat(filter(null, null, null, null, null, Set.of(new RecordPosition("dlt", 1, 8)))
                        .matches(letter))
                .isFalse();
    }

    private static LetterFilter filter(
            @org.jspecify.annotations.Nullable String reason,
            @org.jspecify.annotations.Nullable String route,
            @org.jspecify.annotations.Nullable String device,
            @org.jspecify.annotations.Nullable Instant from,
            @org.jspecify.annotations.Nullable Instant to,
            Set<RecordPosition> positions) {
        return new LetterFilter(
                Optional.ofNullable(reason),
                Optional.ofNullable(route),
                Optional.ofNullable(device),
                Optional.ofNullable(from),
                Optional.ofNullable(to),
                positions);
    }

    private static Letter letter(RecordHeader... headers) {
        return new Letter(new SourceRecord(POSITION, WRITTEN, bytes("k"), bytes("v"), List.of(headers)));
    }

    private static RecordHeader header(String name, String value) {
        return new RecordHeader(name, bytes(value));
    }

    private static RecordHeader number(String name, long value) {
        return new RecordHeader(
                name, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    private static RecordHeader number(String name, int value) {
        return new RecordHeader(
                name, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
