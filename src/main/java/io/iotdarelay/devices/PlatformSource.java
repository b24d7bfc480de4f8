package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceCredentials;

/**
 * The platform itself as a source of devices. It is asked about those that no other source knows, and about secrets that it refuses. Callable
 * from any thread; never blocks.
 */
public interface PlatformSource extends DeviceDirectory {

    /** Another source's entry, with another secret if the platform refused its own and has told a better one. */
    DirectoryEntry improved(DirectoryEntry entry);

    /** A device that another source keeps, as the platform told it. It is asked for again in the background when that is due. */
    void used(DirectoryEntry kept);

    /** The platform refused these credentials: another secret goes first from now on, if one is known. */
    void note(DeviceCredentials refused);

    /** Asks for the secrets of a device whose credentials were refused, unless that was done not long ago. Returns whether an answer is to come. */
    boolean ask(DeviceCredentials refused);
}
