package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LastDeliveredTest {

    private static final SourcePartition SOURCE = new SourcePartition("t", 3);
    private static final DeviceId METER = device("meter");
    private static final Instant START = Instant.parse("2026-12-01T00:00:00Z");

    private final TestAssignment assignment = new TestAssignment();
    private Instant now = START;
    private final LastDelivered last = new LastDelivered(() -> now);

    @Test
    void nothingIsKnownFromBeforeThePartitionCame() {
        assertThat(newer(METER, 1, 0)).isEmpty();
        now = at(10);
        last.assigned(SOURCE, assignment);

        assertThat(newer(METER, 9, 9)).isEmpty();
        assertThat(newer(METER, 10, 9)).contains(false);
    }

    @Test
    void nothingIsKnownOnceThePartitionHasLeft() {
        last.assigned(SOURCE, assignment);
        assertThat(newer(METER, 1, 0)).contains(false);
        assignment.end();
        assertThat(newer(METER, 1, 0)).isEmpty();

        last.forgetAbandoned();
        TestAssignment next = new TestAssignment();
        now = at(5);
        last.assigned(SOURCE, next);
        assertThat(newer(METER, 1, 0)).isEmpty();
        last.forgetAbandoned();
        assertThat(newer(METER, 6, 0)).contains(false);
    }

    @Test
    void aRecordThatWasDeliveredLaterIsNewer() {
        last.assigned(SOURCE, assignment);
        last.live(METER, at(10));
        last.live(METER, at(8));

        assertThat(newer(METER, 9, 0)).contains(true);
        assertThat(newer(METER, 10, 0)).contains(false);
        assertThat(newer(device("another"), 9, 0)).contains(false);
        assertThat(last.isNewer(METER, new RecordPosition("t", 4, 0), at(9))).contains(true);
    }

    /** Letters of a device that are sent again one after the other are not newer than those behind them, whenever that is. */
    @Test
    void ofLettersTheOrderOfTheirRecordsCounts() {
        last.assigned(SOURCE, assignment);
        now = at(1_000);
        last.redriven(METER, new RecordPosition("t", 3, 5));
        last.redriven(METER, new RecordPosition("t", 4, 100));

        assertThat(newer(METER, 20, 5)).contains(false);
        assertThat(newer(METER, 20, 6)).contains(false);
        assertThat(newer(METER, 20, 4)).contains(true);
    }

    @Test
    void hardlyAnyDeviceIsTakenForAnother() {
        last.assigned(SOURCE, assignment);
        IntStream.range(0, 10_000).forEach(i -> last.live(device("meter-" + i), at(10)));

        assertThat(IntStream.range(0, 10_000)
                        .filter(i -> !newer(device("meter-" + i), 9, 0).equals(Optional.of(true))))
                .isEmpty();
        assertThat(IntStream.range(0, 10_000)
                        .filter(i -> newer(device("other-" + i), 9, 0).equals(Optional.of(true))))
                .hasSizeLessThan(50);
    }

    private Optional<Boolean> newer(DeviceId device, int failed, int offset) {
        return last.isNewer(device, new RecordPosition("t", 3, offset), at(failed));
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }
}
