package io.iotdarelay.operate;

import io.iotdarelay.settle.DeadLetterStatus;
import io.iotdarelay.settle.DeadLetterWriter;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether dead letters can be written. */
final class DeadLettersHealthIndicator extends AbstractHealthIndicator {

    private final DeadLetterWriter writer;

    DeadLettersHealthIndicator(DeadLetterWriter writer) {
        super("the status of dead letters cannot be told");
        this.writer = writer;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        DeadLetterStatus status = writer.status();
        (status.trouble().isEmpty() ? builder.up() : builder.down())
                .withDetail("topic", status.topic())
                .withDetail("written", status.written())
                .withDetail("unwritten", status.unwritten());
        status.trouble().ifPresent(why -> builder.withDetail("reason", why));
    }
}
