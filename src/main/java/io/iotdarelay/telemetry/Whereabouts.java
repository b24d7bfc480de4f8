package io.iotdarelay.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * Where a record is that has begun and is not settled, and what it waits for.
 *
 * @param device the device that the record is about, where it is known
 * @param waitsFor a code from a small set, for metrics
 * @param detail for a human; never a token or a secret
 */
public record Whereabouts(RecordPosition position, @Nullable DeviceId device, String waitsFor, String detail) {

    /** The one with the lower offset. */
    public static Whereabouts older(Whereabouts one, Whereabouts other) {
        return one.position().offset() <= other.position().offset() ? one : other;
    }
}
