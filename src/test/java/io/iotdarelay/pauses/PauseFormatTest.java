package io.iotdarelay.pauses;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.pauses.PauseTarget.Everything;
import io.iotdarelay.pauses.PauseTarget.OfPartition;
import io.iotdarelay.pauses.PauseTarget.OfRoute;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PauseFormatTest {

    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

    @Test
    void whatIsWrittenIsReadAgain() {
        for (PauseTarget target :
                List.of(new Everything(), new OfRoute("meters / north"), new OfPartition("telemetry.meters-a", 12))) {
            for (Optional<Instant> until : List.of(Optional.<Instant>empty(), Optional.of(NOON.plusSeconds(1)))) {
                OperatorPause pause = new OperatorPause(target, "id", "why \"so\"", "alice", NOON, until);

                byte[] key = PauseFormat.key(target);

                assertThat(PauseFormat.isPause(key)).isTrue();
                assertThat(PauseFormat.target(key)).hasValue(target);
                assertThat(PauseFormat.pause(target, PauseFormat.value(pause))).hasValue(pause);
            }
        }
    }

    @Test
    void keysOfOthersAreNoPauses() {
        assertThat(PauseFormat.isPause(null)).isFalse();
        assertThat(PauseFormat.isPause("redrive/1".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "every",
                "route/",
                "route/a\nb",
                "partition/",
                "partition/t",
                "partition/t-01",
                "partition/t-9999999999",
                "partition/a b-1"
            })
    void whatIsNoTarget(String code) {
        assertThat(PauseTarget.of(code)).isEmpty();
    }

    @Test
    void theLastDashIsBeforeTheNumber() {
        assertThat(OfPartition.named("a-1-2")).hasValue(new OfPartition("a-1", 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "[]",
                "{}",
                "{\"id\":\"1\"}",
                "{\"id\":\"1\",\"since\":\"noon\"}",
                "{\"since\":\"2026-12-01T12:00:00Z\"}",
                "{\"id\":\"1\",\"since\":\"2026-12-01T12:00:00Z\",\"until\":\"noon\"}"
            })
    void whatIsNoPause(String value) {
        assertThat(PauseFormat.pause(new Everything(), value.getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }

    /** A later version may write more. */
    @Test
    void whatIsNotKnownIsIgnoredAndLinesStayOne() {
        String value =
                "{\"id\":\"1\",\"since\":\"2026-12-01T12:00:00Z\",\"more\":[1],\"reason\":\"a\\nb\",\"by\":\"c\\u0000d\"}";

        assertThat(PauseFormat.pause(new Everything(), value.getBytes(StandardCharsets.UTF_8)))
                .hasValue(new OperatorPause(new Everything(), "1", "a b", "c d", NOON, Optional.empty()));
    }
}
