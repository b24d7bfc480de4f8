package io.iotdarelay.iotda;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.lane.Packing;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class RequestPackingTest {

    @Test
    void neverUnderestimatesTheRealBody() {
        for (long seed = 1; seed <= 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RequestPacking packing = new RequestPacking(1 + random.nextInt(5000), 50);
            boolean gateway = random.nextBoolean();
            List<Report> taken = new ArrayList<>();
            Packing.Parcel size = packing.empty();
            while (true) {
                String json = "x".repeat(random.nextInt(300));
                Report next = gateway ? child("g", "c".repeat(1 + random.nextInt(128)), json) : properties("d", json);
                if (!size.tryAdd(next)) {
                    break;
                }
                taken.add(next);
            }

            if (taken.size() > 1) {
                assertThat(RequestBody.of(taken).length).as("seed %d", seed).isLessThanOrEqualTo(packing.maxSize());
            }
        }
    }

    @Test
    void joinsAsManyChildrenAsThePlatformTakes() {
        Packing.Parcel request = RequestPacking.upTo(DataSize.ofKilobytes(64)).empty();
        int taken = 0;
        while (request.tryAdd(child("g", "c" + taken, "{}"))) {
            taken++;
        }

        assertThat(taken).isEqualTo(50);
    }

    @Test
    void takesAsManyAsFillTheirUnits() {
        assertThat(best(9, 1000, 3))
                .as("a unit is full with four, two units with eight")
                .isEqualTo(8);
        assertThat(best(9, 1000, 1)).isEqualTo(4);
        assertThat(best(3, 1000, 1)).as("there is no more").isEqualTo(3);
        assertThat(best(5, 5000, 1)).as("one at least").isEqualTo(1);
        assertThat(best(40, 1300, 100)).as("what is filled well may be large").isEqualTo(40);
    }

    @Test
    void takesAllChildrenAndAMessage() {
        List<LaneEntry> children = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            children.add(entry(child("g", "c" + i, "x".repeat(3000))));
        }

        RequestPacking packing = RequestPacking.upTo(DataSize.ofKilobytes(64));
        assertThat(packing.best(children, 1)).isEqualTo(10);
        assertThat(packing.best(List.of(entry(message("d", "x"))), 1)).isEqualTo(1);
    }

    @Test
    void saysHowWellARequestFillsItsUnits() {
        Packing.Parcel request = RequestPacking.upTo(DataSize.ofKilobytes(64)).empty();
        assertThat(request.fill()).isZero();
        request.tryAdd(properties("d", "x".repeat(2032)));
        assertThat(request.fill()).isEqualTo(0.5);
        request.tryAdd(properties("d", "x".repeat(9000)));
        assertThat(request.fill()).isEqualTo(1);

        Packing.Parcel children = RequestPacking.upTo(DataSize.ofKilobytes(64)).empty();
        children.tryAdd(child("g", "a", "x".repeat(4000)));
        children.tryAdd(child("g", "b", ""));
        assertThat(children.fill()).isBetween(0.49, 0.51);

        Packing.Parcel message = RequestPacking.upTo(DataSize.ofKilobytes(64)).empty();
        message.tryAdd(message("d", "x"));
        assertThat(message.fill()).as("it gets no better by waiting").isEqualTo(1);
    }

    private static int best(int reports, int size, double mostUnits) {
        List<LaneEntry> entries = new ArrayList<>();
        for (int i = 0; i < reports; i++) {
            entries.add(entry(properties("d", "x".repeat(size))));
        }
        return RequestPacking.upTo(DataSize.ofKilobytes(64)).best(entries, mostUnits);
    }

    private static LaneEntry entry(Report report) {
        return new LaneEntry(inFlight(new TestAssignment(), 0), report);
    }

    @Test
    void fillsARequestUpToItsSize() {
        Packing.Parcel request = RequestPacking.upTo(DataSize.ofKilobytes(1)).empty();

        assertThat(request.tryAdd(properties("d", "x".repeat(500)))).isTrue();
        assertThat(request.tryAdd(properties("d", "x".repeat(507)))).isTrue();
        assertThat(request.tryAdd(properties("d", ""))).isFalse();
    }
}
