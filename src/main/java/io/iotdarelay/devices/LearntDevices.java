package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceId;

/** Keeps devices that were learnt from the platform, beyond the memory of this instance, where that is wanted. */
public interface LearntDevices {

    /** Nothing is kept. */
    LearntDevices IN_MEMORY = entry -> {};

    /**
     * Keeps a device. Callable from any thread; never blocks. It is no failure if that does not succeed: the platform is asked again by who
     * needs to know.
     */
    void keep(DirectoryEntry entry);

    /** The platform does not have it any more. An entry that somebody else wrote stays. Callable from any thread; never blocks. */
    default void forget(DeviceId device) {}
}
