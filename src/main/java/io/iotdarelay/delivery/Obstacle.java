package io.iotdarelay.delivery;

/**
 * Nothing can be delivered at the moment.
 *
 * @param misconfigured whether the configuration is at fault, and not the platform
 * @param detail for a human
 */
public record Obstacle(boolean misconfigured, String detail) {}
