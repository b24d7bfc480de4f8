package io.iotdarelay.telemetry;

/** What a device authenticates with. */
public record DeviceCredentials(DeviceId device, DeviceSecret secret) {}
