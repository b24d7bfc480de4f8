package io.iotdarelay.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "' 30 ', 30",
        "0, 0",
        "'Fri, 27 Nov 2026 12:00:05 GMT', 5",
        "'Fri, 27 Nov 2026 11:00:00 GMT', 0",
        "-5,",
        "soon,",
        "'',",
        "99999999999,"
    })
    void isSecondsOrADate(String header, @Nullable Integer seconds) {
        assertThat(RetryAfter.parse(header, NOW))
                .isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds));
    }
}
