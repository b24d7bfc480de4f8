package io.iotdarelay.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * Where an unsettled record is, and what it waits for.
 *
 * @param device the device that the record is about, if known
 * @param waitsFor a code from a small set, for metrics
 * @param detail a readable explanation; never contains a token or a secret
 */
public record Whereabouts(RecordPosition position, @Nullable DeviceId device, String waitsFor, String detail) {

    /** The one with the lower offset. */
    public static Whereabouts older(Whereabouts one, Whereabouts other) {
        return one.position().offset() <= other.position().offset() ? one : other;
    }
}
