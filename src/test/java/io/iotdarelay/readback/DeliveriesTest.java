package io.iotdarelay.readback;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveriesTest {

    private static final Assignment EPOCH = new ReadBackWorld.Epoch();

    private final Deliveries deliveries = new Deliveries();

    @Test
    void keepsAFewSamplesOfWhatNobodyWatches() {
        for (int i = 0; i < 1_000; i++) {
            add("d" + i, 10);
        }

        assertThat(deliveries.takeSamples()).hasSize(Deliveries.MOST_SAMPLES);
        assertThat(deliveries.takeSamples()).isEmpty();
        add("huge", Capture.MOST_BYTES + 1);
        add("later", 10);
        assertThat(deliveries.takeSamples())
                .extracting(sample -> sample.report().device().value())
                .containsExactly("later");
    }

    @Test
    void keepsTheLastReportsOfAWatchedDevice() {
        Capture capture = deliveries.watch(new DeviceId("d"));
        for (int i = 0; i < 100; i++) {
            add("d", 10);
        }

        assertThat(capture.count()).isEqualTo(100);
        assertThat(capture.after(0))
                .hasSize(Capture.MOST)
                .extracting(Delivered::number)
                .isSorted()
                .endsWith(100L);
        assertThat(capture.after(99)).hasSize(1);
        assertThat(deliveries.takeSamples()).isEmpty();
    }

    @Test
    void beginsWithASampleAndAGap() {
        add("d", 10);
        Capture capture = deliveries.watch(deliveries.takeSamples().getFirst());
        add("d", 10);

        assertThat(capture.after(0)).extracting(Delivered::number).containsExactly(1L, 3L);
        assertThat(capture.count()).isEqualTo(3);
    }

    @Test
    void isBoundedInSize() {
        Capture capture = deliveries.watch(new DeviceId("d"));
        add("d", Capture.MOST_BYTES);
        add("d", Capture.MOST_BYTES);
        add("d", Capture.MOST_BYTES + 1);

        assertThat(capture.after(0)).extracting(Delivered::number).containsExactly(2L);
        assertThat(capture.count()).as("that one is gone shows").isEqualTo(3);
    }

    @Test
    void onlyAFewDevicesAreKeptAtATime() {
        List<Capture> captures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            captures.add(deliveries.watch(new DeviceId("d" + i)));
            add("d" + i, 10);
        }
        assertThat(deliveries.holding()).isEqualTo(Deliveries.MOST_HOLDING);
        assertThat(captures.getLast().after(0)).isEmpty();
        assertThat(captures.getLast().count()).isEqualTo(1);

        for (int i = 0; i < 100; i++) {
            deliveries.release(new DeviceId("d" + i), captures.get(i));
            captures.get(i).add("r", report("d" + i, 10), EPOCH, Instant.EPOCH);
        }

        assertThat(deliveries.holding()).isZero();
        assertThat(deliveries.watched()).isZero();
        assertThat(captures.getLast().after(0)).isEmpty();
    }

    private void add(String device, int size) {
        deliveries.add("r", report(device, size), EPOCH, Instant.EPOCH);
    }

    private static Report report(String device, int size) {
        return new Report.Properties(new DeviceId(device), ReadBackWorld.json("x".repeat(size)));
    }
}
