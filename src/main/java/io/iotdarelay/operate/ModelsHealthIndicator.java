package io.iotdarelay.operate;

import io.iotdarelay.model.ModelKeeper;
import io.iotdarelay.model.ProductStatus;
import io.iotdarelay.model.ProductStatus.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether the product models in force are those of the files and of the platform: DOWN where one of these cannot be used, UNKNOWN until the
 * platform has answered for each product. It is no part of readiness, and an outage of the application side is told by {@code platform}.
 */
final class ModelsHealthIndicator extends AbstractHealthIndicator {

    private static final int MOST_TOLD = 20;

    private final ModelKeeper keeper;

    ModelsHealthIndicator(ModelKeeper keeper) {
        super("the status of the product models cannot be determined");
        this.keeper = keeper;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Optional<String> trouble = keeper.trouble();
        List<ProductStatus> other = keeper.products().stream()
                .filter(product -> product.state() != State.CURRENT)
                .toList();
        if (trouble.isPresent() || other.stream().anyMatch(product -> product.state() == State.REFUSED)) {
            builder.down();
        } else if (other.stream().anyMatch(product -> product.state() == State.UNKNOWN)) {
            builder.unknown();
        } else {
            builder.up();
        }
        builder.withDetail("products", keeper.get().products());
        trouble.ifPresent(why -> builder.withDetail("reason", why));
        if (!other.isEmpty()) {
            Map<String, String> told = new LinkedHashMap<>();
            other.stream()
                    .sorted((one, another) ->
                            Boolean.compare(another.state() == State.REFUSED, one.state() == State.REFUSED))
                    .limit(MOST_TOLD)
                    .forEach(product -> told.put(
                            product.product(),
                            product.state().code()
                                    + product.reason().map(why -> ": " + why).orElse("")));
            builder.withDetail("notCurrent", told);
        }
    }
}
