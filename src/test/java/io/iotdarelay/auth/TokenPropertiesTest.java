package io.iotdarelay.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.auth.TokenProperties.Store;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenPropertiesTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            # configured, store, heap in MB, kept
            1000000,      MEMORY,  4000,       1000000
            1000000,      MEMORY,  512,        400000
            1000000,      MEMORY,  256,        200000
            1000000,      TOPIC,   4000,       1000000
            1000000,      TOPIC,   512,        266666
            5000,         TOPIC,   256,        5000
            1,            MEMORY,  1,          1
            100000000,    MEMORY,  100000,     78125000
            """)
    void keepsNoMoreTokensThanFitIntoTwoFifthsOfTheHeap(int configured, Store store, long megabytes, int kept) {
        assertThat(properties(configured, store).mostDevices(megabytes * 1_000_000))
                .isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource({"0", "100"})
    void keepsOneHoweverSmallTheHeapIs(long bytes) {
        assertThat(properties(1000, Store.MEMORY).mostDevices(bytes)).isEqualTo(1);
    }

    private static TokenProperties properties(int configured, Store store) {
        return new TokenProperties(configured, 0.9, store, "tokens", "file:/keys", "key");
    }
}
