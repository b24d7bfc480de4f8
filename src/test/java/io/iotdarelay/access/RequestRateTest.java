package io.iotdarelay.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestRateTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
    private final RequestRate rate = new RequestRate(now::get);

    @Test
    void anAddressGetsSoManyAtOnceAndThenSoManyPerSecond() {
        assertThat(come("a", 1000)).isEqualTo(RequestRate.AT_ONCE);

        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(come("a", 1000)).isEqualTo(RequestRate.PER_SECOND);

        now.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(come("a", 1000)).isEqualTo(RequestRate.AT_ONCE);
    }

    @Test
    void anotherAddressHasItsOwn() {
        come("a", 1000);

        assertThat(come("b", 1)).isEqualTo(1);
    }

    @Test
    void whoComesSteadilyIsNeverRefused() {
        int come = 0;
        for (int i = 0; i < 10_000; i++) {
            now.addAndGet(Duration.ofMillis(21).toNanos());
            come += come("a", 1);
        }

        assertThat(come).isEqualTo(10_000);
    }

    private int come(String address, int times) {
        int come = 0;
        for (int i = 0; i < times; i++) {
            come += rate.mayCome(address) ? 1 : 0;
        }
        return come;
    }
}
