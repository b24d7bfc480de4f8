package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveDevicesTest {

    private final TestAssignment assignment = new TestAssignment();
    private final LiveDevices live = new LiveDevices();

    @Test
    void aDeviceIsThereUntilItsLastRecordHasEnded() {
        RecordInFlight first = record(0);
        RecordInFlight second = record(0);
        live.begun(first, List.of(device("a"), device("a"), device("b")));
        live.begun(second, List.of(device("a")));
        assertThat(live.contains(device("a"))).isTrue();
        assertThat(live.contains(device("b"))).isTrue();
        assertThat(live.contains(device("c"))).isFalse();

        live.ended(first);
        live.ended(first);
        assertThat(live.contains(device("a"))).isTrue();
        assertThat(live.contains(device("b"))).isFalse();
        live.ended(second);
        assertThat(live.contains(device("a"))).isFalse();
    }

    @Test
    void deadLettersThatAreSentAgainAreNotLive() {
        live.begun(record(-1), List.of(device("a")));
        assertThat(live.contains(device("a"))).isFalse();
    }

    @Test
    void whatIsAbandonedIsForgotten() {
        TestAssignment other = new TestAssignment();
        live.begun(record(0), List.of(device("a"), device("b")));
        live.begun(new RecordInFlight(other, record(1).record(), "r"), List.of(device("b")));
        assignment.end();
        live.forgetAbandoned();

        assertThat(live.contains(device("a"))).isFalse();
        assertThat(live.contains(device("b"))).isTrue();
    }

    private RecordInFlight record(int partition) {
        return new RecordInFlight(
                assignment,
                new SourceRecord(new RecordPosition("t", partition, 0), Instant.EPOCH, null, null, List.of()),
                "r");
    }
}
