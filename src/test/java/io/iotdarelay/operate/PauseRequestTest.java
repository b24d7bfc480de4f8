package io.iotdarelay.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.pauses.PauseTarget;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PauseRequestTest {

    @Test
    void oneTargetAndAReason() {
        assertThat(PauseRequest.toPause(Map.of("all", "true", "reason", " why ")))
                .isEqualTo(new PauseRequest.Valid(new PauseTarget.Everything(), "why", Optional.empty()));
        assertThat(PauseRequest.toPause(Map.of("route", "meters", "reason", "why")))
                .isEqualTo(new PauseRequest.Valid(new PauseTarget.OfRoute("meters"), "why", Optional.empty()));
        assertThat(PauseRequest.toPause(Map.of("partition", "a-b-3", "reason", "why")))
                .isEqualTo(new PauseRequest.Valid(new PauseTarget.OfPartition("a-b", 3), "why", Optional.empty()));
        assertThat(PauseRequest.toResume(null, "meters", null))
                .isEqualTo(new PauseRequest.Valid(new PauseTarget.OfRoute("meters"), "", Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"30m,PT30M", "PT30M,PT30M", "1s,PT1S", "366d,PT8784H", "1d,PT24H", "' 5m ',PT5M"})
    void aPauseMayEndByItself(String text, Duration lasting) {
        assertThat(PauseRequest.toPause(Map.of("all", true, "reason", "why", "for", text)))
                .isEqualTo(new PauseRequest.Valid(new PauseTarget.Everything(), "why", Optional.of(lasting)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0s", "-1m", "367d", "999ms", "soon", "9223372036854775807d", "30 minutes", "[30m]"})
    void otherDurationsAreRefused(String text) {
        assertThat(refused(Map.of("all", true, "reason", "why", "for", text))).startsWith("for has to be a duration");
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThat(refused(Map.of())).startsWith("reason is required");
        assertThat(refused(Map.of("all", true, "reason", " "))).startsWith("reason is required");
        assertThat(refused(Map.of("all", true, "reason", "a\nb"))).startsWith("reason has to be one line");
        assertThat(refused(Map.of("all", true, "reason", "x".repeat(501)))).startsWith("reason has to be one line");
        assertThat(refused(Map.of("reason", "why"))).startsWith("exactly one of");
        assertThat(refused(Map.of("reason", "why", "all", true, "route", "a"))).startsWith("exactly one of");
        assertThat(refused(Map.of("reason", "why", "all", "false"))).startsWith("all can only be true");
        assertThat(refused(Map.of("reason", "why", "partition", "t"))).startsWith("partition has to be");
        assertThat(refused(Map.of("reason", "why", "all", true, "untill", "1h")))
                .startsWith("unknown field untill;");
        assertThat(refused(Map.of("reason", "why", "x\ny", "1h"))).startsWith("unknown field in the request;");
        assertThat(refused(Map.of("reason", "why", "x".repeat(41), "1h"))).startsWith("unknown field in the request;");
    }

    @Test
    void whatIsNullIsNotThere() {
        Map<String, Object> body = new HashMap<>(Map.of("all", true, "reason", "why"));
        body.put("for", null);
        body.put("route", null);

        assertThat(PauseRequest.toPause(body))
                .isEqualTo(new PauseRequest.Valid(new PauseTarget.Everything(), "why", Optional.empty()));
    }

    private static String refused(Map<String, ?> body) {
        return ((PauseRequest.Invalid) PauseRequest.toPause(body)).why();
    }
}
