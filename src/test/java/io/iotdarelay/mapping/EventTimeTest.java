package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Seeds;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;

class EventTimeTest {

    private static final DateTimeFormatter BY_THE_JDK =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Test
    void writesAlwaysTwentyFourCharacters() {
        assertThat(EventTime.write(Instant.parse("2026-01-02T03:04:05Z"))).isEqualTo("2026-01-02T03:04:05.000Z");
        assertThat(EventTime.write(Instant.parse("2026-01-02T03:04:05.000000001Z")))
                .isEqualTo("2026-01-02T03:04:05.000Z");
        assertThat(EventTime.write(EventTime.LATEST)).isEqualTo("9999-12-31T23:59:59.999Z");
        assertThat(EventTime.write(Instant.parse("0000-01-01T00:00:00Z"))).isEqualTo("0000-01-01T00:00:00.000Z");
    }

    @Test
    void writesAsTheJdkDoes() {
        Seeds.each(5_000, random -> {
            // from the year -1200 to 12000
            Instant time = Instant.ofEpochSecond(
                    random.nextLong(-100_000_000_000L, 316_000_000_000L), random.nextInt(1_000_000_000));

            assertThat(EventTime.write(time)).isEqualTo(BY_THE_JDK.format(time));
        });
    }
}
