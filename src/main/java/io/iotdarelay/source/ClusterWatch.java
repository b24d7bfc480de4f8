package io.iotdarelay.source;

import io.iotdarelay.settle.TopicIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a view of the cluster that is a few seconds old at most, while Kafka answers. Belongs to the poll thread, and never holds it up. */
final class ClusterWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ClusterWatch.class);

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration IDENTITY_TIMEOUT = Duration.ofSeconds(5);

    private final ClusterAdmin admin;
    private final Cluster cluster;
    private ClusterView view = ClusterView.NOTHING;
    private CompletableFuture<ClusterView> asked = CompletableFuture.completedFuture(view);
    private Instant askedAt = Instant.EPOCH;

    ClusterWatch(ClusterAdmin admin, Cluster cluster) {
        this.admin = admin;
        this.cluster = cluster;
    }

    /** The latest view; asks for the next one if it is time. */
    ClusterView view(Set<TopicPartition> partitions, Instant now) {
        if (!asked.isDone()) {
            return view;
        }
        if (asked.isCompletedExceptionally()) {
            log.atDebug()
                    .addKeyValue("reason", asked.exceptionNow().toString())
                    .log("The brokers do not say where partitions begin and end");
        } else {
            view = asked.resultNow();
        }
        if (!partitions.isEmpty() && !now.isBefore(askedAt.plus(INTERVAL))) {
            askedAt = now;
            Set<TopicPartition> these = Set.copyOf(partitions);
            asked = admin.ask(client -> cluster.view(client, these, now));
        }
        return view;
    }

    /** Which topics these are, as of now. Waits for a few seconds at most; what Kafka does not tell by then is missing. */
    Map<String, TopicIdentity> identities(Set<String> topics) {
        return admin.ask(client -> cluster.identities(client, topics), IDENTITY_TIMEOUT)
                .orElse(Map.of());
    }

    @Override
    public void close() {
        admin.close();
    }
}
