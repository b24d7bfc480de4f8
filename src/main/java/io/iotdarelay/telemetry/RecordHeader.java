package io.iotdarelay.telemetry;

import org.jspecify.annotations.Nullable;

/** A record's header, byte for byte. The array is shared and must not be changed. */
@SuppressWarnings("ArrayRecordComponent") // kept as it came, never compared
public record RecordHeader(String name, byte @Nullable [] value) {}
