package io.iotdarelay.tokens;

/**
 * An instance announces that it is about to authenticate a device.
 *
 * @param instance the process that does
 * @param number which of its claims it is
 * @param replaces when the newest token that it knows of was fetched; 0: none
 * @param at when it was made, in milliseconds since 1970
 */
record Claim(long instance, long number, long replaces, long at) {}
