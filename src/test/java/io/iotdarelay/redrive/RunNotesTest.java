package io.iotdarelay.redrive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunNotesTest {

    private static final Instant NOW = Instant.parse("2026-12-01T03:00:00Z");
    private static final Instant LATER = NOW.plus(RunNotes.CUT_OFF).plusMillis(1);

    private final RunNotes ours = new RunNotes("ours");
    private final RunNotes theirs = new RunNotes("theirs");

    @Test
    void whatIsNotNotedAgainWasCutOff() {
        ours.read(RunNotes.key("a"), theirs.value(run("a", NOW.minusSeconds(9)), NOW));
        ours.read(RunNotes.key("b"), theirs.value(run("b", NOW.minusSeconds(5)), NOW));
        assertThat(ours.cutOff(NOW.plus(RunNotes.CUT_OFF))).isEmpty();

        assertThat(ours.cutOff(LATER)).extracting(Redriver.Progress::id).containsExactly("b", "a");
        assertThat(ours.cutOff(LATER).getLast()).satisfies(run -> {
            assertThat(run.begin()).isEqualTo(NOW.minusSeconds(9));
            assertThat(run.end()).contains(NOW);
            assertThat(run.found()).isEqualTo(9);
            assertThat(run.sent()).isEqualTo(5);
            assertThat(run.delivered()).isEqualTo(4);
            assertThat(run.remaining()).isEqualTo(4);
        });
    }

    @Test
    void whatHasEndedIsForgottenAndWhatIsOursIsKnownAnyhow() {
        ours.read(RunNotes.key("a"), theirs.value(run("a", NOW), NOW));
        ours.read(RunNotes.key("a"), null);
        ours.read(RunNotes.key("b"), ours.value(run("b", NOW), NOW));
        ours.read(RunNotes.key("c"), "nonsense".getBytes(StandardCharsets.UTF_8));

        assertThat(ours.cutOff(LATER)).isEmpty();
    }

    @Test
    void whatIsOldIsDropped() {
        ours.read(RunNotes.key("a"), theirs.value(run("a", NOW), NOW));
        assertThat(ours.drop(LATER)).isEmpty();
        assertThat(ours.drop(NOW.plus(Duration.ofDays(2)))).containsExactly("run/a");
        assertThat(ours.cutOff(LATER)).isEmpty();
    }

    private static Redriver.Progress run(String id, Instant begin) {
        return new Redriver.Progress(
                id, "sending", begin, Optional.empty(), 9, 5, 4, Map.of(), Map.of(), 0, 1, 4, Optional.empty());
    }
}
