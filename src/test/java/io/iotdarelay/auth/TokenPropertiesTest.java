package io.iotdarelay.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenPropertiesTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            # configured, heap in MB, kept
            1000000,      4000,       1000000
            1000000,      1536,       1000000
            1000000,      512,        333333
            1000000,      256,        166666
            5000,         256,        5000
            1,            1,          1
            100000000,    100000,     65104166
            """)
    void keepsNoMoreTokensThanFitIntoAThirdOfTheHeap(int configured, long megabytes, int kept) {
        TokenProperties properties =
                new TokenProperties(configured, 0.9, TokenProperties.Store.MEMORY, "tokens", null, null);

        assertThat(properties.mostDevices(megabytes * 1_000_000)).isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource({"0", "100"})
    void keepsOneHoweverSmallTheHeapIs(long bytes) {
        TokenProperties properties = new TokenProperties(1000, 0.9, TokenProperties.Store.MEMORY, "tokens", null, null);

        assertThat(properties.mostDevices(bytes)).isEqualTo(1);
    }
}
