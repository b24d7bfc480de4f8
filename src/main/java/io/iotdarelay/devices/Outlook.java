package io.iotdarelay.devices;

/**
 * What is to be expected of a device that the directory does not know.
 *
 * @param open whether it may soon be known, so that its reports should wait
 * @param detail why it is not known, or not yet; empty if nobody says
 */
public record Outlook(boolean open, String detail) {

    /** Nobody is asked. */
    public static final Outlook NONE = new Outlook(false, "");
}
