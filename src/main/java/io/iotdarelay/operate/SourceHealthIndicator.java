package io.iotdarelay.operate;

import io.iotdarelay.source.PartitionStatus;
import io.iotdarelay.source.PollLoop;
import io.iotdarelay.source.SourceStatus;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether records are read, and whether every partition makes progress. */
final class SourceHealthIndicator extends AbstractHealthIndicator {

    /** A partition that has something to do and whose offset stands still for so long is stagnant. */
    static final Duration STAGNANT_AFTER = Duration.ofSeconds(30);

    private final PollLoop loop;

    SourceHealthIndicator(PollLoop loop) {
        super("the status of the source cannot be told");
        this.loop = loop;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        SourceStatus status = loop.status();
        List<PartitionStatus> stagnant = status.partitions().stream()
                .filter(partition -> partition.stalled().compareTo(STAGNANT_AFTER) >= 0)
                .toList();
        boolean healthy = status.joined() && status.trouble().isEmpty() && stagnant.isEmpty();
        (healthy ? builder.up() : builder.down()).withDetail("joined", status.joined());
        status.trouble().ifPresent(why -> builder.withDetail("reason", why));
        if (!stagnant.isEmpty()) {
            builder.withDetail(
                    "stagnant",
                    stagnant.stream().map(SourceHealthIndicator::name).toList());
        }
        Map<String, Object> partitions = new LinkedHashMap<>();
        status.partitions().forEach(partition -> partitions.put(name(partition), details(partition)));
        builder.withDetail("partitions", partitions);
    }

    private static String name(PartitionStatus partition) {
        return partition.topic() + "-" + partition.partition();
    }

    private static Map<String, Object> details(PartitionStatus partition) {
        Map<String, Object> details = new LinkedHashMap<>();
        partition.committed().ifPresent(offset -> details.put("committed", offset));
        partition.lag().ifPresent(lag -> details.put("lag", lag));
        details.put("inFlight", partition.inFlight());
        details.put("oldestUnfinished", partition.oldestUnfinished().truncatedTo(ChronoUnit.SECONDS));
        details.put("stalled", partition.stalled().truncatedTo(ChronoUnit.SECONDS));
        partition.pause().ifPresent(pause -> {
            details.put("paused", pause.reason().code());
            details.put("pausedBecause", pause.detail());
        });
        return details;
    }
}
