package io.iotdarelay.operate;

import io.iotdarelay.model.ModelKeeper;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether the product models in force are those of the files. */
final class ModelsHealthIndicator extends AbstractHealthIndicator {

    private final ModelKeeper keeper;

    ModelsHealthIndicator(ModelKeeper keeper) {
        super("the status of the product models cannot be determined");
        this.keeper = keeper;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Optional<String> trouble = keeper.trouble();
        (trouble.isEmpty() ? builder.up() : builder.down())
                .withDetail("products", keeper.get().products());
        trouble.ifPresent(why -> builder.withDetail("reason", why));
    }
}
