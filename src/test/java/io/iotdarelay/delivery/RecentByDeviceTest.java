package io.iotdarelay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.telemetry.DeviceId;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentByDeviceTest {

    private final RecentByDevice<Integer> recent = new RecentByDevice<>(64);

    @Test
    void remembersTheLastOfADevice() {
        assertThat(recent.get(new DeviceId("a"))).isEmpty();
        recent.put(new DeviceId("a"), 1);
        recent.put(new DeviceId("a"), 2);

        assertThat(recent.get(new DeviceId("a"))).contains(2);
        assertThat(recent.all()).containsExactly(new RecentByDevice.Memory<>(new DeviceId("a"), 2));
    }

    @Test
    void neverConfusesDevicesHoweverManyThereAre() {
        IntStream.range(0, 10_000).forEach(i -> recent.put(new DeviceId("d" + i), i));

        assertThat(recent.all()).hasSizeLessThanOrEqualTo(64).hasSizeGreaterThan(55);
        IntStream.range(0, 10_000)
                .forEach(i -> recent.get(new DeviceId("d" + i))
                        .ifPresent(found -> assertThat(found).isEqualTo(i)));
    }

    @Test
    void spreadsDevicesThatAreNumbered() {
        RecentByDevice<Integer> large = new RecentByDevice<>(1024);
        IntStream.range(0, 512).forEach(i -> large.put(new DeviceId("meter-%06d".formatted(i)), i));

        assertThat(large.all().count()).isGreaterThan(380);
    }

    @Test
    void hasAPowerOfTwoPlaces() {
        assertThatThrownBy(() -> new RecentByDevice<>(10)).hasMessageContaining("10");
    }
}
