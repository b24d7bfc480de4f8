package io.iotdarelay.products;

import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.model.ProductStatus;
import io.iotdarelay.model.ProductStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What metrics show of the products, looked at once for all gauges of a scrape. Any thread. */
final class ProductGauges {

    /** Longer than a scrape takes, and shorter than the time to the next. */
    private static final Duration SCRAPE = Duration.ofMillis(500);

    private final Supplier<List<ProductStatus>> products;
    private final InstantSource time;
    private final Instant start;
    private volatile Seen seen;

    private record Seen(Instant at, Map<State, Integer> counts, Duration age) {}

    ProductGauges(Supplier<List<ProductStatus>> products, InstantSource time) {
        this.products = products;
        this.time = time;
        start = time.instant();
        seen = look(start);
    }

    void showIn(RelayGauges gauges) {
        for (State state : State.values()) {
            gauges.show(
                    RelayMeter.MODEL_PRODUCTS,
                    RelayMeter.Label.STATE,
                    state.code(),
                    () -> now().counts().getOrDefault(state, 0));
        }
        gauges.show(RelayMeter.MODEL_AGE, () -> now().age().toSeconds());
    }

    private Seen now() {
        Instant now = time.instant();
        Seen last = seen;
        if (now.isBefore(last.at().plus(SCRAPE))) {
            return last;
        }
        Seen next = look(now);
        seen = next;
        return next;
    }

    private Seen look(Instant now) {
        Map<State, Integer> counts = new EnumMap<>(State.class);
        Instant oldest = now;
        for (ProductStatus product : products.get()) {
            counts.merge(product.state(), 1, Integer::sum);
            Instant answered = product.answered().orElse(start);
            if (product.state() != State.REFUSED && answered.isBefore(oldest)) {
                oldest = answered;
            }
        }
        return new Seen(now, counts, Duration.between(oldest, now));
    }
}
