package io.iotdarelay.limits;

import io.github.resilience4j.circuitbreaker.event.CircuitBreakerEvent;
import io.github.resilience4j.consumer.CircularEventConsumer;
import io.github.resilience4j.consumer.EventConsumerRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Discards the events of circuit breakers. Resilience4j's own registry keeps one for each request, behind a lock that all
 * event loops would share; requests are counted in the metrics, and changes of state are logged.
 */
final class BreakerEvents implements EventConsumerRegistry<CircuitBreakerEvent> {

    private static final class Ignoring extends CircularEventConsumer<CircuitBreakerEvent> {
        Ignoring() {
            super(1);
        }

        @Override
        public void consumeEvent(CircuitBreakerEvent event) {}
    }

    @Override
    public CircularEventConsumer<CircuitBreakerEvent> createEventConsumer(String id, int bufferSize) {
        return new Ignoring();
    }

    @Override
    public CircularEventConsumer<CircuitBreakerEvent> removeEventConsumer(String id) {
        return new Ignoring();
    }

    @Override
    public @Nullable CircularEventConsumer<CircuitBreakerEvent> getEventConsumer(String id) {
        return null;
    }

    @Override
    public List<CircularEventConsumer<CircuitBreakerEvent>> getAllEventConsumer() {
        return List.of();
    }
}
