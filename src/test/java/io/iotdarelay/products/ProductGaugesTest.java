package io.iotdarelay.products;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.model.ProductStatus;
import io.iotdarelay.model.ProductStatus.Source;
import io.iotdarelay.model.ProductStatus.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProductGaugesTest {

    private static final Instant START = Instant.parse("2026-12-01T00:00:00Z");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private List<ProductStatus> products = List.of(product("A", State.UNKNOWN, null));
    private Instant now = START;
    private int looks;

    @BeforeEach
    void show() {
        new ProductGauges(
                        () -> {
                            looks++;
                            return products;
                        },
                        () -> now)
                .showIn(new RelayGauges(registry));
        looks = 0;
    }

    @Test
    void countsByStateAndLooksOnceForAScrape() {
        now = START.plusSeconds(60);
        products = List.of(
                product("A", State.CURRENT, now), product("B", State.REFUSED, null), product("C", State.CURRENT, now));

        assertThat(count("current")).isEqualTo(2);
        assertThat(count("refused")).isEqualTo(1);
        assertThat(count("kept")).isZero();
        assertThat(count("unknown")).isZero();
        assertThat(age()).isZero();
        assertThat(looks).isOne();

        // When: the next scrape
        now = now.plusSeconds(1);
        products = List.of(product("A", State.KEPT, START));

        // Then
        assertThat(count("current")).isZero();
        assertThat(count("kept")).isOne();
        assertThat(looks).isEqualTo(2);
    }

    @Test
    void isAsOldAsTheOldestAnswer() {
        now = START.plusSeconds(100);
        assertThat(age()).as("without an answer since the start").isEqualTo(100);

        now = START.plusSeconds(200);
        products = List.of(
                product("A", State.CURRENT, START.plusSeconds(190)),
                product("B", State.KEPT, START.plusSeconds(150)),
                product("C", State.REFUSED, START.plusSeconds(10)));
        assertThat(age()).isEqualTo(50);
    }

    private double count(String state) {
        return registry.get("relay.model.products").tag("state", state).gauge().value();
    }

    private double age() {
        return registry.get("relay.model.age").gauge().value();
    }

    private static ProductStatus product(String id, State state, @Nullable Instant answered) {
        return new ProductStatus(
                id, Source.NONE, state, Optional.ofNullable(answered), Optional.empty(), Optional.empty());
    }
}
