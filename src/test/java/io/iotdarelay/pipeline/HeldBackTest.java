package io.iotdarelay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldBackTest {

    private final TestAssignment first = new TestAssignment();
    private final TestAssignment second = new TestAssignment();
    private final HeldBack heldBack = new HeldBack();
    private final List<String> begun = new ArrayList<>();
    private int permits;

    @Test
    void letsARecordBeginThatMay() {
        permits = 1;

        arrive(first, 0, 1);

        assertThat(begun).containsExactly("topic-0-1");
        assertThat(heldBack.size()).isZero();
    }

    @Test
    void letsNothingOvertakeARecordOfItsPartition() {
        arrive(first, 0, 1);
        permits = 2;
        arrive(first, 0, 2);
        arrive(second, 1, 1);

        assertThat(begun).containsExactly("topic-1-1");
        assertThat(heldBack.size()).isEqualTo(2);
        assertThat(heldBack.firsts())
                .extracting(record -> record.record().position().offset())
                .containsExactly(1L);
        assertThat(heldBack.contains(new SourcePartition("topic", 0))).isTrue();
        assertThat(heldBack.contains(new SourcePartition("topic", 1))).isFalse();
    }

    @Test
    void releasesOneOfEachPartitionInTurn() {
        for (int offset = 1; offset <= 3; offset++) {
            arrive(first, 0, offset);
        }
        arrive(second, 1, 1);
        permits = 3;

        release();

        assertThat(begun).containsExactly("topic-0-1", "topic-1-1", "topic-0-2");
        assertThat(heldBack.size()).isEqualTo(1);
        permits = 1;
        release();
        assertThat(begun).endsWith("topic-0-3");
        assertThat(heldBack.size()).isZero();
    }

    @Test
    void forgetsPartitionsThatHaveLeft() {
        arrive(first, 0, 1);
        arrive(second, 1, 1);
        first.end();

        heldBack.forgetAbandoned();

        permits = 2;
        release();
        assertThat(begun).containsExactly("topic-1-1");
    }

    private void arrive(TestAssignment assignment, int partition, long offset) {
        RecordInFlight record = new RecordInFlight(
                assignment,
                new SourceRecord(
                        new RecordPosition("topic", partition, offset), TestTelemetry.TIME, null, null, List.of()),
                "route");
        heldBack.arrive(new HeldBack.Arrival(record, List.of()), any -> permit(), this::begin);
    }

    private void release() {
        heldBack.release(any -> permit(), this::begin);
    }

    private boolean permit() {
        return permits-- > 0;
    }

    private void begin(HeldBack.Arrival arrival) {
        begun.add(arrival.record().record().position().toString());
    }
}
