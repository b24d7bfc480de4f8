package io.iotdarelay.operate;

import io.iotdarelay.mapping.MappingStatus;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether the mapping in force is the one in its file. */
final class MappingHealthIndicator extends AbstractHealthIndicator {

    private final MappingStatus.Source mapping;

    MappingHealthIndicator(MappingStatus.Source mapping) {
        super("the status of the mapping cannot be determined");
        this.mapping = mapping;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up();
        mapping.status().ifPresent(status -> {
            builder.withDetail("file", status.file());
            status.read().ifPresent(read -> builder.withDetail("read", read));
            if (!status.problems().isEmpty()) {
                builder.down()
                        .withDetail("reason", "the file is refused; the mapping that was read before stays in force")
                        .withDetail("problems", status.problems());
            }
        });
    }
}
