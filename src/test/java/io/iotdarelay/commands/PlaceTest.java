package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.TestTelemetry;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.DecimalNode;

class PlaceTest {

    /** Written out, such a number would have gigabytes. */
    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "1e-999999999", "-7e500000000"})
    void looksAtNumbersWithHugeExponents(String number) {
        Place place = new Place("/v", null);

        assertThatCode(() -> place.add(record(), DecimalNode.valueOf(new BigDecimal(number))))
                .doesNotThrowAnyException();

        assertThat(place.type()).isEqualTo("decimal");
    }

    @Test
    void tellsWholeNumbers() {
        Place place = new Place("/v", null);
        place.add(record(), DecimalNode.valueOf(new BigDecimal("21")));

        assertThat(place.type()).isEqualTo("int");
    }

    private static SourceRecord record() {
        return TestTelemetry.record(0, null, "{}");
    }
}
