package io.iotdarelay.source;

import io.iotdarelay.kafka.Reach;
import io.iotdarelay.settle.TopicIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps a view of the cluster that is at most a few seconds old while Kafka answers, and finds the problem while it does
 * not. Belongs to the poll thread, and never blocks it.
 */
final class ClusterWatch implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration REACH_INTERVAL = Duration.ofSeconds(15);
    private static final Duration IDENTITY_TIMEOUT = Duration.ofSeconds(5);

    private final ClusterAdmin admin;
    private final Cluster cluster;
    private final Supplier<Reach> check;
    private final Inquiry<ClusterView> partitions = new Inquiry<>(INTERVAL, ClusterView.NOTHING);
    private final Inquiry<TopicsView> topics = new Inquiry<>(INTERVAL, TopicsView.NOTHING);
    private final Inquiry<Reach> obstacles = new Inquiry<>(REACH_INTERVAL, Reach.WHOLE);
    private Instant obstaclesUntil = Instant.EPOCH;

    /**
     * A watch.
     *
     * @param check whether Kafka can be reached; it may wait
     */
    ClusterWatch(ClusterAdmin admin, Cluster cluster, Supplier<Reach> check) {
        this.admin = admin;
        this.cluster = cluster;
        this.check = check;
    }

    /** The latest view; asks for the next one if it is time. */
    ClusterView view(Set<TopicPartition> wanted, Instant now) {
        Set<TopicPartition> these = Set.copyOf(wanted);
        return these.isEmpty()
                ? partitions.latest()
                : partitions.latest(now, () -> admin.ask(client -> cluster.view(client, these, now)));
    }

    /** The latest view of topics; asks for the next one if it is time. */
    TopicsView topics(Set<String> wanted, boolean names, Instant now) {
        Set<String> these = Set.copyOf(wanted);
        return topics.latest(now, () -> admin.ask(client -> cluster.topics(client, these, names, now)));
    }

    /**
     * What prevents connections to individual brokers, as found by the latest check; starts the next one if it is time. Called only while
     * something is wrong.
     */
    Set<String> obstacles(Instant now) {
        if (now.isAfter(obstaclesUntil)) {
            obstacles.restart(Reach.WHOLE);
        }
        obstaclesUntil = now.plus(REACH_INTERVAL);
        return Set.copyOf(obstacles.latest(now, this::reach).unreachable());
    }

    /** Checks, on a thread of its own, whether Kafka can be reached. DNS may be slow. */
    CompletableFuture<Reach> reach() {
        CompletableFuture<Reach> result = new CompletableFuture<>();
        Thread.ofPlatform().name("relay-kafka-check").daemon().start(() -> {
            try {
                result.complete(check.get());
            } finally {
                result.complete(Reach.WHOLE); // after a defect of the check; a client will show whether it works
            }
        });
        return result;
    }

    /** The current identities of topics. Waits for a few seconds at most; what Kafka has not reported by then is missing. */
    Map<String, TopicIdentity> identities(Set<String> wanted) {
        return admin.ask(client -> cluster.identities(client, wanted), IDENTITY_TIMEOUT)
                .orElse(Map.of());
    }

    @Override
    public void close() {
        admin.close();
    }
}
