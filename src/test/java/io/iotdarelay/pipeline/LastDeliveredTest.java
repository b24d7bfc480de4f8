package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
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
    void saysForHowLongAPartitionHasBeenHere() {
        assertThat(last.heldFor(SOURCE)).isEmpty();
        last.assigned(SOURCE, assignment);
        now = at(7);
        assertThat(last.heldFor(SOURCE)).contains(Duration.ofSeconds(7));
        assignment.end();
        assertThat(last.heldFor(SOURCE)).isEmpty();
    }

    @Test
    void nothingIsKnownOfRecordsBeforeTheFirstThatBegan() {
        begun(1);
        assertThat(newer(METER, 9, 1)).isEmpty();
        last.assigned(SOURCE, assignment);
        assertThat(newer(METER, 9, 1)).isEmpty();

        begun(10);
        begun(11);
        assertThat(newer(METER, 9, 9)).isEmpty();
        assertThat(newer(METER, 9, 10)).contains(false);
        assertThat(newer(METER, 9, 12)).contains(false);
    }

    /** A former owner may have delivered what is not begun any more. */
    @Test
    void nothingIsKnownOfRecordsBeforeOneThatHadBeenFinished() {
        last.finishedBefore(SOURCE, 3);
        last.assigned(SOURCE, assignment);
        last.finishedBefore(SOURCE, 4);
        assertThat(newer(METER, 9, 4)).isEmpty();
        begun(5);
        last.finishedBefore(SOURCE, 6);
        begun(7);

        assertThat(newer(METER, 9, 5)).isEmpty();
        assertThat(newer(METER, 9, 6)).isEmpty();
        assertThat(newer(METER, 9, 7)).contains(false);
    }

    @Test
    void nothingIsKnownOnceThePartitionHasLeft() {
        last.assigned(SOURCE, assignment);
        begun(0);
        assertThat(newer(METER, 1, 0)).contains(false);
        assignment.end();
        assertThat(newer(METER, 1, 0)).isEmpty();

        last.forgetAbandoned();
        last.assigned(SOURCE, new TestAssignment());
        begun(3);
        assertThat(newer(METER, 1, 0)).isEmpty();
        last.forgetAbandoned();
        assertThat(newer(METER, 6, 3)).contains(false);
    }

    @Test
    void aRecordThatStoodBehindItIsNewer() {
        last.assigned(SOURCE, assignment);
        begun(0);
        last.live(METER, position(11), at(5));
        last.live(METER, position(8), at(4));

        assertThat(newer(METER, 60, 10)).as("whenever the letter was written").contains(true);
        assertThat(newer(METER, 60, 11)).contains(false);
        assertThat(newer(METER, 60, 12)).contains(false);
        assertThat(newer(device("another"), 60, 10)).contains(false);
    }

    /** They have no order, so what counts is the time. */
    @Test
    void ofAnotherPartitionWhatWasDeliveredLaterIsNewer() {
        last.assigned(SOURCE, assignment);
        begun(0);
        last.live(METER, new RecordPosition("t", 4, 100), at(10));
        last.live(METER, new RecordPosition("t", 4, 99), at(8));

        assertThat(newer(METER, 9, 0)).contains(true);
        assertThat(newer(METER, 10, 0)).contains(false);
        assertThat(newer(device("another"), 9, 0)).contains(false);
    }

    /** Letters of a device that are sent again one after the other are not newer than those behind them, whenever that is. */
    @Test
    void ofLettersTheOrderOfTheirRecordsCounts() {
        last.assigned(SOURCE, assignment);
        begun(0);
        last.redriven(METER, position(5));
        last.redriven(METER, new RecordPosition("t", 4, 100));

        assertThat(newer(METER, 20, 5)).contains(false);
        assertThat(newer(METER, 20, 6)).contains(false);
        assertThat(newer(METER, 20, 4)).contains(true);
    }

    @Test
    void hardlyAnyDeviceIsTakenForAnother() {
        last.assigned(SOURCE, assignment);
        begun(0);
        IntStream.range(0, 10_000).forEach(i -> last.live(device("meter-" + i), position(i), at(10)));

        assertThat(IntStream.range(0, 10_000)
                        .filter(i -> !newer(device("meter-" + i), 9, 0).equals(Optional.of(true))))
                .isEmpty();
        assertThat(IntStream.range(0, 10_000)
                        .filter(i -> newer(device("other-" + i), 9, 0).equals(Optional.of(true))))
                .hasSizeLessThan(50);
    }

    private Optional<Boolean> newer(DeviceId device, int failed, int offset) {
        return last.isNewer(device, position(offset), at(failed));
    }

    private void begun(long offset) {
        last.begun(position(offset));
    }

    private static RecordPosition position(long offset) {
        return new RecordPosition("t", 3, offset);
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }
}
