package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.source.PartitionStatus.RetentionOutlook;
import io.iotdarelay.source.SourceStatus.Loss;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LossesTest {

    private Instant now = Instant.EPOCH;
    private final Losses losses = new Losses(() -> now);

    @Test
    void forgetsThemAfterADay() {
        losses.add(loss(1));

        now = now.plus(Duration.ofHours(24)).minusSeconds(1);
        assertThat(losses.open()).containsExactly(loss(1));
        now = now.plusSeconds(1);
        assertThat(losses.open()).isEmpty();
    }

    @Test
    void keepsTheLatestOfVeryMany() {
        for (int i = 0; i < 1500; i++) {
            losses.add(loss(i));
        }

        assertThat(losses.open()).hasSize(1000).last().isEqualTo(loss(1499));
    }

    @Test
    void knowsHowLongRetentionLeavesARecord() {
        Instant written = Instant.parse("2026-01-01T00:00:00Z");
        Retention week = new Retention.Limited(Duration.ofDays(7));
        var at = java.util.OptionalLong.of(written.toEpochMilli());

        assertThat(RetentionOutlook.of(week, at, written.plus(Duration.ofDays(2))))
                .contains(new RetentionOutlook(Duration.ofDays(7), Duration.ofDays(5)));
        assertThat(RetentionOutlook.of(week, at, written.plus(Duration.ofDays(8))))
                .contains(new RetentionOutlook(Duration.ofDays(7), Duration.ofDays(-1)));
        assertThat(RetentionOutlook.of(week, java.util.OptionalLong.empty(), written))
                .isEmpty();
        assertThat(RetentionOutlook.of(new Retention.Unlimited(), at, written)).isEmpty();
        assertThat(RetentionOutlook.of(new Retention.Unknown(), at, written)).isEmpty();
    }

    private static Loss loss(int number) {
        return new Loss("t", number, 0, 10, Instant.EPOCH);
    }
}
