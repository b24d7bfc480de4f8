package io.iotdarelay.devices;

/** Keeps devices that were learnt from the platform, beyond the memory of this instance, where that is wanted. */
public interface LearntDevices {

    /** Nothing is kept. */
    LearntDevices IN_MEMORY = entry -> {};

    /**
     * Keeps a device. Callable from any thread; never blocks. It is no failure if that does not succeed: the platform is asked again by who
     * needs to know.
     */
    void keep(DirectoryEntry entry);
}
