package io.iotdarelay.tokens;

import io.iotdarelay.telemetry.DeviceId;

/** The topic, as the protocol sees it: something to append to, whose records come back in one order for all instances. */
interface TokenLog {

    /** Whether it is worth waiting for what is appended. */
    boolean isUsable();

    /** Appends soon, or never. Callable from any thread; does not block. */
    void append(DeviceId device, Entry entry);

    /** The device has no token any more. */
    void delete(DeviceId device);

    /** Something that was appended has not come back in time. */
    void missed();
}
