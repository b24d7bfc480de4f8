package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadLimitsTest {

    private static final long MB = 1 << 20;

    @Test
    void followTheHeap() {
        ReadLimits limits = ReadLimits.of(256 * MB, 64 * MB);

        assertThat(limits).isEqualTo(new ReadLimits(8 * MB, 32 * MB, (int) (8 * MB), 64 * MB));
    }

    @Test
    void stayWithinTheConfiguredBoundAndWhatKafkaDoesByDefault() {
        ReadLimits limits = ReadLimits.of(64_000 * MB, 20 * MB);

        assertThat(limits).isEqualTo(new ReadLimits(16 * MB, 8_000 * MB, (int) (50 * MB), 20 * MB));
    }

    @Test
    void letASmallHeapReadAllTheSame() {
        ReadLimits limits = ReadLimits.of(2 * MB, 64 * MB);

        assertThat(limits).isEqualTo(new ReadLimits(MB, MB, (int) MB, MB));
    }
}
