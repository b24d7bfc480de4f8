package io.iotdarelay.operate;

import io.iotdarelay.registry.RegistryDecoders;
import io.iotdarelay.registry.RegistryStatus;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether the schema registry answered when it was last asked: DOWN if the configuration is at fault, OUT_OF_SERVICE during an
 * outage. A registry that no record needs is not asked.
 */
final class RegistryHealthIndicator extends AbstractHealthIndicator {

    private final RegistryDecoders registry;

    RegistryHealthIndicator(RegistryDecoders registry) {
        super("the status of the schema registry cannot be determined");
        this.registry = registry;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        RegistryStatus status = registry.status();
        status.trouble()
                .ifPresentOrElse(
                        trouble -> (trouble.misconfigured() ? builder.down() : builder.outOfService())
                                .withDetail("reason", trouble.detail())
                                .withDetail("since", trouble.since()),
                        builder::up);
        builder.withDetail("schemas", status.schemas()).withDetail("awaited", status.awaited());
    }
}
