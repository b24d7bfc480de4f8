package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * When the devices of one event loop last sent a request: between two of them there is an interval. Lanes are forgotten while they are
 * empty, this is not; it remembers those devices only that have to wait. Belongs to the event loop.
 */
final class Spacing {

    private final long interval;
    private final LongSupplier nanoTime;

    /** In the order of their last requests. */
    private final Map<DeviceId, Long> sent = new LinkedHashMap<>();

    Spacing(Duration interval, LongSupplier nanoTime) {
        this.interval = interval.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Nanoseconds until the device may send its next request. */
    long delay(DeviceId device) {
        if (interval == 0) {
            return 0;
        }
        Long last = sent.get(device);
        return last == null ? 0 : Math.max(0, last + interval - nanoTime.getAsLong());
    }

    /** The device sends a request. */
    void sent(DeviceId device) {
        if (interval == 0) {
            return;
        }
        long now = nanoTime.getAsLong();
        sent.remove(device);
        sent.put(device, now);
        for (Iterator<Long> oldest = sent.values().iterator(); now - oldest.next() >= interval; ) {
            oldest.remove();
        }
    }

    /** How many devices are remembered. */
    int size() {
        return sent.size();
    }
}
