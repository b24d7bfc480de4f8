package io.iotdarelay.operate;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.delivery.DeliveryStatus;
import io.iotdarelay.limits.BreakerStatus;
import io.iotdarelay.pipeline.QuotaShare;
import io.iotdarelay.platform.PlatformContact;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether the platform can be reached, including the first contact: DOWN if the configuration is at fault, OUT_OF_SERVICE
 * during an outage.
 */
final class IotdaHealthIndicator extends AbstractHealthIndicator {

    private static final double DIGITS = 10_000;

    private final Delivery delivery;
    private final PlatformContact contact;
    private final QuotaShare quota;

    IotdaHealthIndicator(Delivery delivery, PlatformContact contact, QuotaShare quota) {
        super("the status of delivery cannot be determined");
        this.delivery = delivery;
        this.contact = contact;
        this.quota = quota;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        DeliveryStatus status = delivery.status();
        Optional<PlatformContact.Trouble> unreached = contact.trouble();
        if (unreached.isPresent()) {
            obstructed(builder, unreached.get().misconfigured(), unreached.get().describe());
        } else {
            status.obstacle()
                    .ifPresentOrElse(
                            obstacle -> obstructed(builder, obstacle.misconfigured(), obstacle.detail()), builder::up);
        }
        Map<String, Object> breakers = new LinkedHashMap<>();
        status.breakers().forEach(breaker -> breakers.put(breaker.name(), details(breaker)));
        builder.withDetail("breakers", breakers)
                .withDetail("quarantinedDevices", status.quarantined())
                .withDetail("requestsUnderWay", status.requestsInFlight())
                .withDetail("requestsLimit", status.requestsLimit())
                .withDetail("messagesPerSecondLimit", status.messagesPerSecond());
        if (quota.isShared()) {
            builder.withDetail("quotaShare", Math.round(quota.part() * DIGITS) / DIGITS);
        }
    }

    private static void obstructed(Health.Builder builder, boolean misconfigured, String reason) {
        (misconfigured ? builder.down() : builder.outOfService()).withDetail("reason", reason);
    }

    private static Map<String, Object> details(BreakerStatus breaker) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", breaker.state());
        breaker.lastFailure().ifPresent(failure -> details.put("lastFailure", failure));
        return details;
    }
}
