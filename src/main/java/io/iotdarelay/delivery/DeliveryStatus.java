package io.iotdarelay.delivery;

import io.iotdarelay.limits.BreakerStatus;
import io.iotdarelay.limits.Obstacle;
import java.util.List;
import java.util.Optional;

/**
 * The state of delivery.
 *
 * @param quarantined devices that are set aside
 * @param requestsInFlight reports in flight
 * @param requestsLimit how many requests may be in flight
 * @param messagesPerSecond the current rate limit, in the platform's units; 0 is no limit
 */
public record DeliveryStatus(
        Optional<Obstacle> obstacle,
        List<BreakerStatus> breakers,
        int quarantined,
        int requestsInFlight,
        int requestsLimit,
        double messagesPerSecond) {

    public DeliveryStatus {
        breakers = List.copyOf(breakers);
    }
}
