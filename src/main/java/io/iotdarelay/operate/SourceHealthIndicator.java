package io.iotdarelay.operate;

import io.iotdarelay.pauses.OperatorPause;
import io.iotdarelay.pauses.PausesInForce;
import io.iotdarelay.source.PartitionStatus;
import io.iotdarelay.source.PollLoop;
import io.iotdarelay.source.SourceStatus;
import io.iotdarelay.source.SourceStatus.Loss;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether records are read, and whether every partition makes progress. */
final class SourceHealthIndicator extends AbstractHealthIndicator {

    /** If the loop has not turned for this long, its status is too old to be trusted. */
    private static final Duration SILENT_AFTER = Duration.ofSeconds(30);

    private final PollLoop loop;
    private final PausesInForce pauses;

    SourceHealthIndicator(PollLoop loop, PausesInForce pauses) {
        super("the status of the source cannot be determined");
        this.loop = loop;
        this.pauses = pauses;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        SourceStatus status = loop.status();
        List<PartitionStatus> stagnant =
                status.partitions().stream().filter(PartitionStatus::isStagnant).toList();
        Optional<String> trouble = loop.silence().compareTo(SILENT_AFTER) >= 0
                ? Optional.of(
                        "the poll loop has been stuck for " + loop.silence().toSeconds() + " s")
                : status.trouble();
        Map<String, String> transactions = new LinkedHashMap<>();
        status.partitions()
                .forEach(partition -> partition
                        .openTransaction()
                        .ifPresent(open -> transactions.put(name(partition), open.detail())));
        List<Loss> losses = loop.losses();
        boolean healthy = status.joined()
                && trouble.isEmpty()
                && stagnant.isEmpty()
                && transactions.isEmpty()
                && losses.isEmpty();
        (healthy ? builder.up() : builder.down()).withDetail("joined", status.joined());
        trouble.ifPresent(why -> builder.withDetail("reason", why));
        List<OperatorPause> paused = pauses.list();
        if (!paused.isEmpty()) {
            builder.withDetail(
                    "pauses", paused.stream().map(OperatorPause::describe).toList());
        }
        if (!transactions.isEmpty()) {
            builder.withDetail("openTransactions", transactions);
        }
        if (!losses.isEmpty()) {
            builder.withDetail(
                    "lost", losses.stream().map(SourceHealthIndicator::describe).toList());
        }
        if (!stagnant.isEmpty()) {
            Map<String, String> why = new LinkedHashMap<>();
            stagnant.forEach(partition -> why.put(name(partition), reason(partition)));
            builder.withDetail("stagnant", why);
        }
        Map<String, Object> partitions = new LinkedHashMap<>();
        status.partitions().forEach(partition -> partitions.put(name(partition), details(partition)));
        builder.withDetail("partitions", partitions);
    }

    private static String name(PartitionStatus partition) {
        return partition.topic() + "-" + partition.partition();
    }

    /** Why it is stalled, as far as that is known. */
    private static String reason(PartitionStatus partition) {
        String paused = partition.obstacle().orElse("");
        String waits = partition.oldest().map(SourceHealthIndicator::describe).orElse("");
        return paused.isEmpty() && waits.isEmpty()
                ? "not known"
                : paused + (paused.isEmpty() || waits.isEmpty() ? "" : "; ") + waits;
    }

    private static String describe(Loss loss) {
        return "up to " + loss.count() + " records of " + loss.topic() + "-" + loss.partition() + ", offsets "
                + loss.from() + " to " + (loss.to() - 1) + ", were deleted by retention before they were read";
    }

    private static String describe(Whereabouts oldest) {
        return "offset " + oldest.position().offset()
                + (oldest.device() == null ? "" : " of device " + oldest.device()) + " waits for " + oldest.waitsFor()
                + ": " + oldest.detail();
    }

    private static Map<String, Object> details(PartitionStatus partition) {
        Map<String, Object> details = new LinkedHashMap<>();
        partition.committed().ifPresent(offset -> details.put("committed", offset));
        partition.lag().ifPresent(lag -> details.put("lag", lag));
        details.put("inFlight", partition.inFlight());
        details.put("finishedBeyond", partition.window() - partition.inFlight());
        details.put(
                "oldestUnfinished",
                Duration.ofSeconds(partition.oldestUnfinished().toSeconds()));
        details.put("stalled", Duration.ofSeconds(partition.stalled().toSeconds()));
        details.put("uncommitted", Duration.ofSeconds(partition.uncommitted().toSeconds()));
        partition
                .retention()
                .ifPresent(retention -> details.put(
                        "retentionLeft", Duration.ofSeconds(retention.left().toSeconds())));
        partition.oldest().ifPresent(oldest -> details.put("oldest", describe(oldest)));
        partition.pause().ifPresent(pause -> {
            details.put("paused", pause.reason().code());
            details.put("pausedBecause", pause.detail());
        });
        return details;
    }
}
