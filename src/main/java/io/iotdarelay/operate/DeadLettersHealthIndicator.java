package io.iotdarelay.operate;

import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.DeadLetterStatus;
import io.iotdarelay.settle.DeadLetterTopics;
import io.iotdarelay.settle.RouteStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether dead letters can be written and no route is stopped because it has too many, and which devices cause them. */
final class DeadLettersHealthIndicator extends AbstractHealthIndicator {

    private final DeadLetterTopics topics;
    private final DeadLetterBudget budget;

    DeadLettersHealthIndicator(DeadLetterTopics topics, DeadLetterBudget budget) {
        super("the status of dead letters cannot be determined");
        this.topics = topics;
        this.budget = budget;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        List<DeadLetterStatus> status = topics.status();
        Optional<String> trouble =
                status.stream().flatMap(topic -> topic.trouble().stream()).findFirst();
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
        boolean well = trouble.isEmpty() && stoppedRoutes.isEmpty() && stoppedPartitions.isEmpty();
        (well ? builder.up() : builder.down())
                .withDetail(
                        "written",
                        status.stream().mapToLong(DeadLetterStatus::written).sum())
                .withDetail(
                        "unwritten",
                        status.stream().mapToInt(DeadLetterStatus::unwritten).sum());
        if (status.size() == 1) {
            builder.withDetail("topic", status.getFirst().topic());
        } else {
            builder.withDetail("topics", eachOf(status));
        }
        Map.of("stoppedRoutes", stoppedRoutes, "stoppedPartitions", stoppedPartitions, "culprits", culprits)
                .forEach((name, found) -> {
                    if (!found.isEmpty()) {
                        builder.withDetail(name, found);
                    }
                });
        trouble.ifPresent(why -> builder.withDetail("reason", why));
    }

    private static Map<String, Object> eachOf(List<DeadLetterStatus> topics) {
        Map<String, Object> each = new TreeMap<>();
        for (DeadLetterStatus topic : topics) {
            Map<String, Object> details =
                    new TreeMap<>(Map.of("written", topic.written(), "unwritten", topic.unwritten()));
            topic.trouble().ifPresent(why -> details.put("reason", why));
            each.put(topic.topic(), details);
        }
        return each;
    }
}
