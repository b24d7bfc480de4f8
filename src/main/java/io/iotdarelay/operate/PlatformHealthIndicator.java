package io.iotdarelay.operate;

import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.ApplicationStatus;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether the platform's application side answered when it was last asked: UNKNOWN until it was, DOWN if the configuration is at fault,
 * OUT_OF_SERVICE during an outage. It is no part of readiness: known devices do without it.
 */
final class PlatformHealthIndicator extends AbstractHealthIndicator {

    private final ApplicationSide side;

    PlatformHealthIndicator(ApplicationSide side) {
        super("the status of the application side cannot be determined");
        this.side = side;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        ApplicationStatus status = side.status();
        status.trouble()
                .ifPresentOrElse(
                        trouble -> (trouble.misconfigured() ? builder.down() : builder.outOfService())
                                .withDetail("reason", trouble.detail())
                                .withDetail("since", trouble.since()),
                        () -> status.answered().ifPresentOrElse(at -> builder.up(), builder::unknown));
        builder.withDetail("breaker", status.breaker())
                .withDetail("requestsPerSecond", status.rate())
                .withDetail("waiting", status.waiting());
        status.answered().ifPresent(at -> builder.withDetail("answered", at));
    }
}
