package io.iotdarelay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SettlementsTest {

    private final Settlements settlements = new Settlements(Clock.systemUTC());
    private final List<Redrives.End> ends = new ArrayList<>();

    @Test
    void nobodyWaitsForAPollThreadThatHasEnded() {
        CompletableFuture<String> before = settlements.onPollThread(() -> "done");
        settlements.again(letter());
        settlements.resume("meters");

        settlements.end();
        CompletableFuture<String> after = settlements.onPollThread(() -> "done");
        settlements.again(letter());

        assertThat(before).failsWithin(Duration.ZERO).withThrowableThat().withCauseInstanceOf(refused());
        assertThat(after).failsWithin(Duration.ZERO).withThrowableThat().withCauseInstanceOf(refused());
        assertThat(ends).containsExactly(new Redrives.End.NotOurs(), new Redrives.End.NotOurs());
    }

    @Test
    void anotherPollThreadIsWaitedForAgain() {
        settlements.end();
        settlements.begin();
        CompletableFuture<String> task = settlements.onPollThread(() -> "done");

        assertThat(task).isNotDone();
        settlements.take(Duration.ZERO).stream()
                .map(Settlement.Task.class::cast)
                .forEach(each -> each.what().run());
        assertThat(task).isCompletedWithValue("done");
    }

    private static Class<? extends Throwable> refused() {
        return RejectedExecutionException.class;
    }

    private Redrives.Order letter() {
        RecordPosition position = new RecordPosition("t", 0, 0);
        return new Redrives.Order(
                "run",
                position,
                new SourceRecord(position, Instant.EPOCH, null, null, List.of()),
                Optional.empty(),
                ends::add);
    }
}
