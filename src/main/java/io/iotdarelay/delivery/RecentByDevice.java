package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.DeviceId;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Remembers something about the devices that were last dealt with, in a fixed number of places. A device's place follows from its ID; it is
 * taken from another one that has the same place. So writing costs next to nothing, and what is remembered of a device may be lost at any
 * time. Callable from any thread.
 *
 * @param <T> immutable
 */
public final class RecentByDevice<T> {

    /** What is remembered of a device. */
    public record Memory<T>(DeviceId device, T value) {}

    private final AtomicReferenceArray<@Nullable Memory<T>> places;

    /**
     * Nothing yet.
     *
     * @param places how many; a power of two
     */
    public RecentByDevice(int places) {
        if (Integer.bitCount(places) != 1) {
            throw new IllegalArgumentException("a power of two, not " + places);
        }
        this.places = new AtomicReferenceArray<>(places);
    }

    public void put(DeviceId device, T value) {
        places.setRelease(placeOf(device), new Memory<>(device, value));
    }

    public Optional<T> get(DeviceId device) {
        Memory<T> found = places.getAcquire(placeOf(device));
        return found == null || !found.device().equals(device) ? Optional.empty() : Optional.of(found.value());
    }

    /** All of them, in no order. */
    public Stream<Memory<T>> all() {
        return IntStream.range(0, places.length()).mapToObj(places::getAcquire).flatMap(Stream::ofNullable);
    }

    private int placeOf(DeviceId device) {
        int hash = device.hashCode() * 0x9E3779B9; // spreads IDs that differ in their last digits only
        return (hash ^ (hash >>> 16)) & (places.length() - 1);
    }
}
