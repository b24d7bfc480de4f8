package io.iotdarelay.settle;

import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutcomeOrderTest {

    private static final SourcePartition PARTITION = new SourcePartition("t", 0);

    private final TestAssignment assignment = new TestAssignment();
    private final OutcomeOrder order = new OutcomeOrder(2);
    private final List<Optional<Ended>> passedOn = new ArrayList<>();

    @Test
    void waitsForEarlierRecords() {
        begin(0, 1, 2);

        end(1, "b");
        assertThat(passedOn).isEmpty();
        end(0, "a");
        assertThat(passedOn).containsExactly(ended("a"), ended("b"));
    }

    @Test
    void waitsForNothingThatIsSkipped() {
        begin(0, 1);
        end(1, "b");

        order.skip(record(0), passedOn::add);

        assertThat(passedOn).containsExactly(ended("b"));
    }

    @Test
    void passesOverTheFirstWhenTooManyWait() {
        begin(0, 1, 2, 3);
        end(1, "b");
        end(2, "c");
        assertThat(passedOn).isEmpty();

        end(3, "d");
        assertThat(passedOn).containsExactly(Optional.empty(), ended("b"), ended("c"), ended("d"));
        end(0, "a");
        assertThat(passedOn).last().isEqualTo(ended("a"));
    }

    @Test
    void knowsNothingOfAPartitionThatHasLeft() {
        begin(0, 1);
        assignment.end();
        order.forgetAbandoned();

        order.skip(record(0), passedOn::add);
        assertThat(passedOn).isEmpty();
        end(1, "b");
        assertThat(passedOn).containsExactly(ended("b"));
    }

    private void begin(long... offsets) {
        for (long offset : offsets) {
            order.begin(record(offset));
        }
    }

    private void end(long offset, String device) {
        order.end(record(offset), ended(device).orElseThrow(), passedOn::add);
    }

    private RecordInFlight record(long offset) {
        return inFlight(assignment, offset);
    }

    private static Optional<Ended> ended(String device) {
        return Optional.of(
                new Ended(new Origin.Device(device(device)), PARTITION, Optional.of(RejectionReason.REFUSED)));
    }
}
