package io.iotdarelay.lane;

/**
 * What one request may carry.
 *
 * @param maxRequestSize in bytes; a single report that is larger leaves alone
 * @param maxChildren child devices in a gateway's request
 */
public record BatchLimits(int maxRequestSize, int maxChildren) {

    /** The platform's own bound of child devices in one HTTPS request. (MQTT allows 100.) */
    public static final int PLATFORM_MAX_CHILDREN = 50;
}
