package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what the JDK reads, or nothing. */
class UsualTimeTest {

    private static final String CHARACTERS = "0123456789+-:.,TtZz []/\u0664";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-02T03:04:05Z",
                "2026-12-31 23:59:59Z",
                "2024-02-29T00:00:00.1Z",
                "2026-01-02T03:04:05.123456789Z",
                "2026-01-02T03:04:05+17:59",
                "2026-01-02T03:04:05.678-05:30",
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999Z"
            })
    void readsTheUsualForm(String text) {
        assertThat(UsualTime.read(text)).isNotNull().isEqualTo(byTheJdk(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-01-02T03:04:05",
                "2026-01-02T03:04:05.5",
                "2026-01-02T03:04:05.Z",
                "2026-01-02T03:04:05.1234567890Z",
                "2026-01-02T03:04:05+0800",
                "2026-01-02T03:04:05+18:00",
                "2026-01-02T03:04:05Zulu+0",
                "2023-02-29T00:00:00.1Z",
                "2026-13-01T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "2026-01-00T00:00:00Z",
                "2026-01-01T24:00:00Z",
                "2026-01-01T00:60:00Z",
                "2026-01-01T00:00:60Z",
                "Fri, 13 Aug 2021 12:10:10 +0200"
            })
    void leavesAllElseToTheFormatters(String text) {
        assertThat(UsualTime.read(text)).isNull();
    }

    /** Each character of a time replaced by each other one, left out, or doubled. */
    @Test
    void neverReadsAnotherTimeThanTheJdk() {
        for (String text : new String[] {
            "2026-01-02T03:04:05Z",
            "2024-02-29T23:59:59.120Z",
            "2026-10-31T19:20:39.5-05:30",
            "2026-01-02 03:04:05+01:00"
        }) {
            for (int at = 0; at < text.length(); at++) {
                String before = text.substring(0, at);
                String after = text.substring(at + 1);
                for (int i = 0; i < CHARACTERS.length(); i++) {
                    agrees(before + CHARACTERS.charAt(i) + after);
                }
                agrees(before + after);
                agrees(before + text.charAt(at) + text.charAt(at) + after);
            }
        }
    }

    /** Every 12 hours and some for 200 years. */
    @Test
    void readsWhatIsWritten() {
        Instant end = Instant.parse("2100-01-01T00:00:00Z");
        for (Instant time = Instant.parse("1900-01-01T00:00:00Z");
                time.isBefore(end);
                time = time.plusMillis(45_678_901)) {
            assertThat(UsualTime.read(time.toString())).isEqualTo(time);
            String elsewhere = time.atOffset(ZoneOffset.ofHoursMinutes(-3, -30)).toString();
            assertThat(UsualTime.read(elsewhere)).isIn(time, null);
        }
    }

    private static void agrees(String text) {
        Instant usual = UsualTime.read(text);
        if (usual != null) {
            assertThat(usual).as(text).isEqualTo(byTheJdk(text));
        }
    }

    private static @Nullable Instant byTheJdk(String text) {
        try {
            return OffsetDateTime.parse(text.length() > 10 && text.charAt(10) == ' ' ? text.replace(' ', 'T') : text)
                    .toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
