package io.iotdarelay.source;

import io.iotdarelay.settle.TopicIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Queries about partitions and topics, through an {@link Admin} client. */
final class Brokers implements Cluster {

    /*
     * A consumer under read_committed only gets the last stable offset: Consumer.endOffsets asks with its own isolation level,
     * and Consumer.currentLag subtracts from the last stable offset (SubscriptionState.partitionLag). The high watermark in
     * each fetch response stays inside the client. An admin client can ask with either isolation level.
     */

    private final IsolationLevel isolation;

    /**
     * Questions on behalf of a consumer.
     *
     * @param readCommitted whether it waits for transactions; otherwise every record is stable
     */
    Brokers(boolean readCommitted) {
        this.isolation = readCommitted ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED;
    }

    @Override
    public ClusterView view(Admin admin, Set<TopicPartition> partitions, Instant now)
            throws ExecutionException, InterruptedException {
        Set<String> topics = topics(partitions);
        ListOffsetsResult starts = ends(admin, partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
        ListOffsetsResult stable = ends(admin, partitions, OffsetSpec.latest(), isolation);
        ListOffsetsResult watermarks = ends(admin, partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, LogBounds> bounds = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Optional<Long> start = offset(starts, partition);
            Optional<Long> lastStable = offset(stable, partition);
            Optional<Long> watermark = offset(watermarks, partition);
            if (start.isPresent() && lastStable.isPresent() && watermark.isPresent()) {
                bounds.put(partition, new LogBounds(start.get(), lastStable.get(), watermark.get()));
            }
        }
        return new ClusterView(now, bounds, identities(admin, topics), retentions(admin, topics));
    }

    @Override
    public TopicsView topics(Admin admin, Set<String> topics, boolean names, Instant now) throws InterruptedException {
        KafkaFuture<Set<String>> all =
                names ? admin.listTopics().names() : KafkaFuture.completedFuture(Set.<String>of());
        Map<String, TopicsView.State> states = new HashMap<>();
        DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        for (var described :
                admin.describeTopics(topics, options).topicNameValues().entrySet()) {
            state(described.getValue()).ifPresent(state -> states.put(described.getKey(), state));
        }
        return new TopicsView(now, states, names ? known(all, Function.identity()) : Optional.empty());
    }

    private static Optional<TopicsView.State> state(KafkaFuture<TopicDescription> described)
            throws InterruptedException {
        try {
            Set<AclOperation> permitted = described.get().authorizedOperations();
            return Optional.of(
                    permitted == null || permitted.contains(AclOperation.READ)
                            ? TopicsView.State.READABLE
                            : TopicsView.State.FORBIDDEN);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.of(TopicsView.State.ABSENT);
            }
            return e.getCause() instanceof TopicAuthorizationException
                    ? Optional.of(TopicsView.State.FORBIDDEN)
                    : Optional.empty();
        }
    }

    @Override
    public Map<String, TopicIdentity> identities(Admin admin, Set<String> topics)
            throws ExecutionException, InterruptedException {
        KafkaFuture<String> cluster = admin.describeCluster().clusterId();
        Map<String, TopicIdentity> identities = new HashMap<>();
        for (var described : admin.describeTopics(topics).topicNameValues().entrySet()) {
            Optional<String> id =
                    known(described.getValue(), topic -> topic.topicId().toString());
            Optional<String> clusterId = known(cluster, Function.identity());
            if (id.isPresent() && clusterId.isPresent()) {
                identities.put(described.getKey(), new TopicIdentity(clusterId.get(), id.get()));
            }
        }
        return identities;
    }

    private static Map<String, Retention> retentions(Admin admin, Set<String> topics) throws InterruptedException {
        Map<String, Retention> retentions = new HashMap<>();
        for (var described : admin.describeConfigs(topics.stream()
                        .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                        .toList())
                .values()
                .entrySet()) {
            retentions.put(
                    described.getKey().name(),
                    known(described.getValue(), Brokers::retention).orElse(new Retention.Unknown()));
        }
        return retentions;
    }

    static Retention retention(Config config) {
        ConfigEntry policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
        ConfigEntry age = config.get(TopicConfig.RETENTION_MS_CONFIG);
        if (policy == null || age == null) {
            return new Retention.Unknown();
        }
        boolean deletes = Arrays.stream(policy.value().split(","))
                .map(String::strip)
                .anyMatch(TopicConfig.CLEANUP_POLICY_DELETE::equals);
        long millis = Long.parseLong(age.value());
        return deletes && millis >= 0 ? new Retention.Limited(Duration.ofMillis(millis)) : new Retention.Unlimited();
    }

    private static ListOffsetsResult ends(
            Admin admin, Set<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation) {
        return admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> which)),
                new ListOffsetsOptions(isolation));
    }

    private static Optional<Long> offset(ListOffsetsResult result, TopicPartition partition)
            throws InterruptedException {
        return known(result.partitionResult(partition), ListOffsetsResult.ListOffsetsResultInfo::offset);
    }

    /** If one topic or partition does not answer, the results of the others are still used. */
    private static <T, R> Optional<R> known(KafkaFuture<T> answer, Function<T, R> part) throws InterruptedException {
        try {
            return Optional.of(part.apply(answer.get()));
        } catch (ExecutionException e) {
            return Optional.empty();
        }
    }

    private static Set<String> topics(Set<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
    }
}
