package io.iotdarelay.iotda;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.Report;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestCostTest {

    @Test
    void countsFourKilobytesOfTheWholeBody() {
        for (int size = 4000; size < 4200; size++) {
            List<Report> reports = List.of(properties("d", "x".repeat(size - 1000)), properties("d", "x".repeat(1000)));
            assertThat(RequestCost.of(reports)).isEqualTo(Math.ceilDiv(RequestBody.of(reports).length, 4096));
        }
        assertThat(cost(properties("d", "x"))).isEqualTo(1);
        assertThat(cost(properties("d", "x".repeat(3000)), properties("d", "x".repeat(3000))))
                .isEqualTo(2);
    }

    @Test
    void countsAMessageByItsBody() {
        assertThat(cost(message("d", "x".repeat(4096)))).isEqualTo(1);
        assertThat(cost(message("d", "x".repeat(4097)))).isEqualTo(2);
    }

    @Test
    void countsEachChild() {
        assertThat(cost(child("g", "a", "x"), child("g", "b", "x"), child("g", "a", "x")))
                .isEqualTo(2);
    }

    @Test
    void countsFourKilobytesOfAChild() {
        assertThat(cost(child("g", "a", "x".repeat(4096)), child("g", "b", "x")))
                .isEqualTo(3);
    }

    private static double cost(Report... reports) {
        return RequestCost.of(List.of(reports));
    }
}
