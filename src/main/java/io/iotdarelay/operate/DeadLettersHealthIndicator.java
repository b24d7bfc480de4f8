package io.iotdarelay.operate;

import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.DeadLetterStatus;
import io.iotdarelay.settle.DeadLetterWriter;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether dead letters can be written, and no route is stopped because there are too many of them. */
final class DeadLettersHealthIndicator extends AbstractHealthIndicator {

    private final DeadLetterWriter writer;
    private final DeadLetterBudget budget;

    DeadLettersHealthIndicator(DeadLetterWriter writer, DeadLetterBudget budget) {
        super("the status of dead letters cannot be told");
        this.writer = writer;
        this.budget = budget;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        DeadLetterStatus status = writer.status();
        Map<String, String> stopped = budget.stopped();
        (status.trouble().isEmpty() && stopped.isEmpty() ? builder.up() : builder.down())
                .withDetail("topic", status.topic())
                .withDetail("written", status.written())
                .withDetail("unwritten", status.unwritten());
        if (!stopped.isEmpty()) {
            builder.withDetail("stoppedRoutes", stopped);
        }
        status.trouble().ifPresent(why -> builder.withDetail("reason", why));
    }
}
