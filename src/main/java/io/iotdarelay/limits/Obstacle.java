package io.iotdarelay.limits;

/**
 * Nothing can be delivered at the moment.
 *
 * @param misconfigured whether the configuration seems to be at fault, and not the platform
 * @param detail for a human
 */
public record Obstacle(boolean misconfigured, String detail) {}
