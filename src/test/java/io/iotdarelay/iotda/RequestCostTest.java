package io.iotdarelay.iotda;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.Report;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestCostTest {

    @Test
    void countsFourKilobytesOfEachDevice() {
        assertThat(cost(properties("d", "x"))).isEqualTo(1);
        assertThat(cost(properties("d", "x".repeat(4096)))).isEqualTo(1);
        assertThat(cost(properties("d", "x".repeat(4097)))).isEqualTo(2);
        assertThat(cost(properties("d", "x".repeat(3000)), properties("d", "x".repeat(3000))))
                .isEqualTo(2);
    }

    @Test
    void countsEachChild() {
        assertThat(cost(child("g", "a", "x"), child("g", "b", "x"), child("g", "a", "x")))
                .isEqualTo(2);
    }

    private static double cost(Report... reports) {
        return RequestCost.of(List.of(reports));
    }
}
