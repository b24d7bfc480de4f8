package io.iotdarelay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WaitingForSchemaTest {

    private static final Instant NOW = Instant.EPOCH;
    private static final SourcePartition ZERO = new SourcePartition("topic", 0);

    private final TestAssignment first = new TestAssignment();
    private final TestAssignment second = new TestAssignment();
    private final WaitingForSchema waiting = new WaitingForSchema();
    private final List<String> done = new ArrayList<>();
    private final Set<String> awaited = new HashSet<>();

    private Optional<String> attempt(HeldBack.Arrival arrival) {
        String position = arrival.record().record().position().toString();
        if (awaited.contains(position)) {
            return Optional.of("waits for " + position);
        }
        done.add(position);
        return Optional.empty();
    }

    private void arrive(TestAssignment assignment, int partition, long offset) {
        SourceRecord record =
                new SourceRecord(new RecordPosition("topic", partition, offset), NOW, null, new byte[1], List.of());
        waiting.arrive(
                new HeldBack.Arrival(new RecordInFlight(assignment, record, "route"), List.of()),
                this::attempt,
                () -> NOW);
    }

    @Test
    void letsPassWhatNeedsNotWait() {
        arrive(first, 0, 1);

        assertThat(done).containsExactly("topic-0-1");
        assertThat(waiting.size()).isZero();
        assertThat(waiting.overdue(ZERO, NOW.plusSeconds(9))).isEmpty();
    }

    @Test
    void keepsTheOrderOfAPartitionAndHoldsUpNoOther() {
        awaited.add("topic-0-1");
        arrive(first, 0, 1);
        arrive(first, 0, 2);
        arrive(second, 1, 1);
        assertThat(done).containsExactly("topic-1-1");
        assertThat(waiting.size()).isEqualTo(2);

        waiting.retry(any -> true, this::attempt, NOW);
        assertThat(done).containsExactly("topic-1-1");
        awaited.clear();
        waiting.retry(any -> true, this::attempt, NOW);
        assertThat(done).containsExactly("topic-1-1", "topic-0-1", "topic-0-2");
        assertThat(waiting.size()).isZero();
        arrive(first, 0, 3);
        assertThat(done).endsWith("topic-0-3");
    }

    @Test
    void waitsAgainForTheNextSchema() {
        awaited.addAll(Set.of("topic-0-1", "topic-0-3"));
        for (int offset = 1; offset <= 4; offset++) {
            arrive(first, 0, offset);
        }
        awaited.remove("topic-0-1");
        waiting.retry(any -> true, this::attempt, NOW);

        assertThat(done).containsExactly("topic-0-1", "topic-0-2");
        assertThat(waiting.firsts()).singleElement().satisfies(where -> {
            assertThat(where.position().offset()).isEqualTo(3);
            assertThat(where.waitsFor()).isEqualTo("registry");
            assertThat(where.detail()).isEqualTo("waits for topic-0-3");
        });
    }

    @Test
    void beginsNoMoreThanThereIsRoomFor() {
        awaited.add("topic-0-1");
        for (int offset = 1; offset <= 5; offset++) {
            arrive(first, 0, offset);
        }
        awaited.clear();

        waiting.retry(any -> done.size() < 2, this::attempt, NOW.plusSeconds(9));
        assertThat(done).containsExactly("topic-0-1", "topic-0-2");
        assertThat(waiting.overdue(ZERO, NOW.plusMillis(9999))).isEmpty();
        arrive(first, 0, 6);
        waiting.retry(any -> true, this::attempt, NOW);
        assertThat(done).containsExactly("topic-0-1", "topic-0-2", "topic-0-3", "topic-0-4", "topic-0-5", "topic-0-6");
    }

    @Test
    void beginsManyInTurnsAndInOrder() {
        awaited.addAll(Set.of("topic-0-1", "topic-1-1"));
        for (int offset = 1; offset <= 600; offset++) {
            arrive(first, 0, offset);
            arrive(second, 1, offset);
        }
        awaited.clear();

        List<String> expected = new ArrayList<>();
        LongStream.rangeClosed(1, 500).forEach(offset -> expected.add("topic-0-" + offset));
        waiting.retry(any -> true, this::attempt, NOW);
        assertThat(done).isEqualTo(expected);

        LongStream.rangeClosed(1, 500).forEach(offset -> expected.add("topic-1-" + offset));
        waiting.retry(any -> true, this::attempt, NOW);
        assertThat(done).isEqualTo(expected);

        LongStream.rangeClosed(501, 600).forEach(offset -> expected.add("topic-0-" + offset));
        LongStream.rangeClosed(501, 600).forEach(offset -> expected.add("topic-1-" + offset));
        waiting.retry(any -> true, this::attempt, NOW);
        assertThat(done).isEqualTo(expected);
        assertThat(waiting.size()).isZero();
    }

    @Test
    void isOverdueAfterASecond() {
        awaited.add("topic-0-1");
        arrive(first, 0, 1);

        assertThat(waiting.overdue(ZERO, NOW.plusMillis(999))).isEmpty();
        assertThat(waiting.overdue(ZERO, NOW.plusMillis(1000))).contains("waits for topic-0-1");
    }

    @Test
    void isNotOverdueWhileItGetsOn() {
        awaited.addAll(Set.of("topic-0-1", "topic-0-2"));
        arrive(first, 0, 1);
        arrive(first, 0, 2);
        awaited.remove("topic-0-1");
        waiting.retry(any -> true, this::attempt, NOW.plusMillis(900));

        assertThat(waiting.overdue(ZERO, NOW.plusMillis(1800))).isEmpty();
        assertThat(waiting.overdue(ZERO, NOW.plusMillis(1900))).contains("waits for topic-0-2");
    }

    @Test
    void forgetsWhatHasLeft() {
        awaited.addAll(Set.of("topic-0-1", "topic-1-1"));
        arrive(first, 0, 1);
        arrive(first, 0, 2);
        arrive(second, 1, 1);
        first.end();
        waiting.forgetAbandoned();

        assertThat(waiting.size()).isEqualTo(1);
        awaited.clear();
        waiting.retry(any -> true, this::attempt, NOW);
        assertThat(done).containsExactly("topic-1-1");
    }
}
