package io.iotdarelay.egress;

/**
 * Why there was no response.
 *
 * @param detail a readable explanation
 * @param misconfigured whether only another configuration, here or there, helps: the other side did not prove to be the platform, or a
 *     proxy refuses the relay. Nothing was sent then. Otherwise it is an outage.
 */
public record NetworkTrouble(String detail, boolean misconfigured) {}
