package io.iotdarelay.operate;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.delivery.DeliveryStatus;
import io.iotdarelay.limits.BreakerStatus;
import io.iotdarelay.limits.Obstacle;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether the platform can be reached: DOWN where the configuration is at fault, OUT_OF_SERVICE during an outage. */
final class IotdaHealthIndicator extends AbstractHealthIndicator {

    private final Delivery delivery;

    IotdaHealthIndicator(Delivery delivery) {
        super("the status of delivery cannot be told");
        this.delivery = delivery;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        DeliveryStatus status = delivery.status();
        status.obstacle().ifPresentOrElse(obstacle -> obstructed(builder, obstacle), builder::up);
        Map<String, Object> breakers = new LinkedHashMap<>();
        status.breakers().forEach(breaker -> breakers.put(breaker.name(), details(breaker)));
        builder.withDetail("breakers", breakers)
                .withDetail("quarantinedDevices", status.quarantined())
                .withDetail("requestsUnderWay", status.requestsUnderWay())
                .withDetail("messagesPerSecondLimit", status.messagesPerSecond());
    }

    private static void obstructed(Health.Builder builder, Obstacle obstacle) {
        (obstacle.misconfigured() ? builder.down() : builder.outOfService()).withDetail("reason", obstacle.detail());
    }

    private static Map<String, Object> details(BreakerStatus breaker) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", breaker.state());
        breaker.lastFailure().ifPresent(failure -> details.put("lastFailure", failure));
        return details;
    }
}
