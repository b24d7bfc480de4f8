package io.iotdarelay.telemetry;

/** A device's secret. It is never printed. */
public record DeviceSecret(String value) {

    public DeviceSecret {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a device secret is not empty");
        }
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
