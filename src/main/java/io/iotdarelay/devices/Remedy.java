package io.iotdarelay.devices;

/** What can be done about a device whose credentials the platform refused. */
public enum Remedy {
    /** Nothing. */
    NONE,
    /** The platform is being asked for its secrets. */
    SOON,
    /** The directory has other credentials for it by now. */
    NOW
}
