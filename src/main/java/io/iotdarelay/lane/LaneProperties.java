package io.iotdarelay.lane;

import io.iotdarelay.settings.Requirements;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How reports share requests. A device has one request in flight at a time; what arrives meanwhile is sent together in the
 * next one, so that requests grow by themselves under load.
 *
 * @param linger how long a report may wait for others before it is sent; 0s to 1m. It saves requests at low load and adds
 *     to the latency of each record. Messages never wait: each has a request of its own.
 * @param maxRequestSize how large the body of a request may grow by joining reports, in bytes; 1KB to 976KB (the platform
 *     refuses bodies over 1 MB, and one of its pages says 64 KB for properties). A single larger report is still sent, alone.
 * @param maxInFlightRequests requests in flight over all devices, authentications included; 1 to 65536. Never more than
 *     {@code relay.iotda.max-connections}.
 */
@ConfigurationProperties("relay.lane")
public record LaneProperties(
        @DefaultValue("0s") Duration linger,
        @DefaultValue("64KB") DataSize maxRequestSize,
        @DefaultValue("256") int maxInFlightRequests) {

    private static final Duration MAX_LINGER = Duration.ofMinutes(1);
    private static final int MOST_IN_FLIGHT = 65_536;

    public LaneProperties {
        new Requirements("relay.lane")
                .between(linger, Duration.ZERO, MAX_LINGER, "linger")
                .between(maxInFlightRequests, 1, MOST_IN_FLIGHT, "max-in-flight-requests")
                .check();
    }
}
