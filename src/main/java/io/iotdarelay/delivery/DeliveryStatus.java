package io.iotdarelay.delivery;

import io.iotdarelay.limits.BreakerStatus;
import io.iotdarelay.limits.Obstacle;
import java.util.List;
import java.util.Optional;

/**
 * How delivery fares.
 *
 * @param quarantined devices that the platform refuses
 * @param requestsUnderWay reports under way
 * @param messagesPerSecond the pace at the moment, in the platform's units; 0 is no limit
 */
public record DeliveryStatus(
        Optional<Obstacle> obstacle,
        List<BreakerStatus> breakers,
        int quarantined,
        int requestsUnderWay,
        double messagesPerSecond) {

    public DeliveryStatus {
        breakers = List.copyOf(breakers);
    }
}
