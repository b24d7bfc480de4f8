package io.iotdarelay.limits;

/**
 * Why nothing can be delivered at the moment.
 *
 * @param misconfigured whether the configuration seems to be at fault, and not the platform
 * @param detail a readable explanation
 */
public record Obstacle(boolean misconfigured, String detail) {}
