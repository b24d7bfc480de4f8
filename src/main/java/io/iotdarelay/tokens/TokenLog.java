package io.iotdarelay.tokens;

import io.iotdarelay.telemetry.DeviceId;

/** The topic, as the protocol sees it: something to append to, whose records come back in one order for all instances. */
interface TokenLog {

    /** Whether it is worth waiting for what is appended. */
    boolean isUsable();

    /** Whether what is appended has a chance: the topic can be read, and writing has not failed just now. */
    boolean isWorthTrying();

    /** Appends soon, or never. Callable from any thread; does not block. */
    void append(DeviceId device, Entry entry);

    /** The device has had no token for some time: what is last in the topic may go. Whoever knows better writes it again. */
    void delete(DeviceId device);

    /** Something that was appended has not come back in time. */
    void missed();
}
