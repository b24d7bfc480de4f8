package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.source.PartitionStatus.OpenTransaction;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StableOffsetTest {

    private final StableOffset stable = new StableOffset();

    @Test
    void noticesATransactionThatHasBeenOpenForThirtySeconds() {
        assertThat(stable.observe(bounds(5, 5), at(0), at(0))).isEmpty();
        assertThat(stable.observe(bounds(5, 9), at(100), at(100))).isEmpty();
        assertThat(stable.observe(bounds(5, 20), at(129), at(129))).isEmpty();

        assertThat(stable.observe(bounds(5, 21), at(130), at(130)))
                .contains(new OpenTransaction(5, 21, Duration.ofSeconds(30)));
        assertThat(stable.observe(bounds(5, 21), at(130), at(130))).isPresent();
        assertThat(stable.observe(bounds(21, 21), at(135), at(135))).isEmpty();
    }

    @Test
    void concludesNothingFromAnOldAnswer() {
        assertThat(stable.observe(bounds(5, 9), at(100), at(100))).isEmpty();
        assertThat(stable.observe(bounds(5, 9), at(100), at(200))).isEmpty();
        assertThat(stable.observe(bounds(5, 9), at(125), at(131)))
                .contains(new OpenTransaction(5, 9, Duration.ofSeconds(31)));
    }

    @Test
    void leavesTransactionsAloneThatEnd() {
        for (int second = 0; second < 200; second += 20) {
            assertThat(stable.observe(bounds(second, second + 10), at(second), at(second)))
                    .isEmpty();
        }
    }

    @Test
    void saysWhatWaits() {
        assertThat(new OpenTransaction(5, 21, Duration.ofSeconds(30)).detail())
                .isEqualTo("waiting for an open transaction: offsets 5 to 20 cannot be read for 30 s");
    }

    private static LogBounds bounds(long lastStable, long highWatermark) {
        return new LogBounds(0, lastStable, highWatermark);
    }

    private static Instant at(int second) {
        return Instant.ofEpochSecond(second);
    }
}
