package io.iotdarelay.operate;

import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.DeadLetterStatus;
import io.iotdarelay.settle.DeadLetterWriter;
import io.iotdarelay.settle.RouteStatus;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether dead letters can be written and no route is stopped because it has too many, and which devices cause them. */
final class DeadLettersHealthIndicator extends AbstractHealthIndicator {

    private final DeadLetterWriter writer;
    private final DeadLetterBudget budget;

    DeadLettersHealthIndicator(DeadLetterWriter writer, DeadLetterBudget budget) {
        super("the status of dead letters cannot be determined");
        this.writer = writer;
        this.budget = budget;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        DeadLetterStatus status = writer.status();
        Map<String, Object> stoppedRoutes = new TreeMap<>();
        Map<String, Object> stoppedPartitions = new TreeMap<>();
        Map<String, Object> culprits = new TreeMap<>();
        budget.status().forEach((route, judgement) -> {
            switch (judgement) {
                case RouteStatus.Stopped stopped -> stoppedRoutes.put(route, stopped.detail());
                case RouteStatus.PartitionStopped stopped ->
                    stoppedPartitions.put(stopped.partition().toString(), stopped.detail());
                case RouteStatus.Culprits running -> culprits.put(route, running.detail());
            }
        });
        boolean well = status.trouble().isEmpty() && stoppedRoutes.isEmpty() && stoppedPartitions.isEmpty();
        (well ? builder.up() : builder.down())
                .withDetail("topic", status.topic())
                .withDetail("written", status.written())
                .withDetail("unwritten", status.unwritten());
        Map.of("stoppedRoutes", stoppedRoutes, "stoppedPartitions", stoppedPartitions, "culprits", culprits)
                .forEach((name, found) -> {
                    if (!found.isEmpty()) {
                        builder.withDetail(name, found);
                    }
                });
        status.trouble().ifPresent(why -> builder.withDetail("reason", why));
    }
}
