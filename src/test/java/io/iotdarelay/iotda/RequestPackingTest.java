package io.iotdarelay.iotda;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.lane.Packing;
import io.iotdarelay.telemetry.Report;
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
    void fillsARequestUpToItsSize() {
        Packing.Parcel request = RequestPacking.upTo(DataSize.ofKilobytes(1)).empty();

        assertThat(request.tryAdd(properties("d", "x".repeat(500)))).isTrue();
        assertThat(request.tryAdd(properties("d", "x".repeat(507)))).isTrue();
        assertThat(request.tryAdd(properties("d", ""))).isFalse();
    }
}
