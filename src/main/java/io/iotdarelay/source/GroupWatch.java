package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * Asks the group's coordinator every few seconds. It has a client of its own, whose questions wait for no others: without an answer this
 * instance would soon send nothing.
 */
final class GroupWatch implements Group, AutoCloseable {

    private static final Duration INTERVAL = Duration.ofSeconds(3);
    private static final Duration ENDS_INTERVAL = Duration.ofSeconds(10);
    private static final int TIMEOUT_MILLIS = 5000;

    private final String group;
    private final ClusterAdmin coordinator;
    private final ClusterAdmin brokers;
    private final Inquiry<GroupView> views = new Inquiry<>(INTERVAL, GroupView.NOTHING);
    private final Inquiry<LogEnds> ends = new Inquiry<>(ENDS_INTERVAL, LogEnds.UNKNOWN);

    /**
     * A watch, which owns both clients.
     *
     * @param coordinator for questions about the group
     * @param brokers for questions about the logs
     */
    GroupWatch(String group, ClusterAdmin coordinator, ClusterAdmin brokers) {
        this.group = group;
        this.coordinator = coordinator;
        this.brokers = brokers;
    }

    @Override
    public GroupView view(Instant now) {
        return views.latest(now, () -> coordinator.ask(admin -> ask(admin, now)));
    }

    @Override
    public LogEnds ends(Set<TopicPartition> partitions, Instant now) {
        Set<TopicPartition> these = Set.copyOf(partitions);
        return ends.latest(now, () -> brokers.ask(admin -> new LogEnds(now, ends(admin, these))));
    }

    private GroupView ask(Admin admin, Instant now) throws ExecutionException, InterruptedException {
        KafkaFuture<Map<String, ConsumerGroupDescription>> described = admin.describeConsumerGroups(
                        List.of(group), new DescribeConsumerGroupsOptions().timeoutMs(TIMEOUT_MILLIS))
                .all();
        KafkaFuture<Map<TopicPartition, OffsetAndMetadata>> commits = admin.listConsumerGroupOffsets(
                        group, new ListConsumerGroupOffsetsOptions().timeoutMs(TIMEOUT_MILLIS))
                .partitionsToOffsetAndMetadata();
        return view(now, Objects.requireNonNull(described.get().get(group)), commits.get());
    }

    static GroupView view(Instant now, ConsumerGroupDescription group, Map<TopicPartition, OffsetAndMetadata> commits) {
        Set<String> members = new HashSet<>();
        Map<TopicPartition, String> assigned = new HashMap<>();
        for (MemberDescription member : group.members()) {
            members.add(member.consumerId());
            if (group.groupState() == GroupState.STABLE) {
                member.assignment()
                        .topicPartitions()
                        .forEach(partition -> assigned.put(partition, member.consumerId()));
            }
        }
        Map<TopicPartition, Long> committed = new HashMap<>();
        List<String> metadata = new ArrayList<>();
        commits.forEach((partition, commit) -> {
            if (commit != null) {
                committed.put(partition, commit.offset());
                metadata.add(commit.metadata());
            }
        });
        return new GroupView(now, members, assigned, committed, ShareTable.inForce(metadata));
    }

    private static Map<TopicPartition, Long> ends(Admin admin, Set<TopicPartition> partitions)
            throws InterruptedException {
        ListOffsetsResult listed = admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest())),
                new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED).timeoutMs(TIMEOUT_MILLIS));
        Map<TopicPartition, Long> found = new HashMap<>();
        for (TopicPartition partition : partitions) {
            try {
                found.put(partition, listed.partitionResult(partition).get().offset());
            } catch (ExecutionException e) {
                // What it carries is unknown for now; it keeps the least share.
            }
        }
        return found;
    }

    @Override
    public void close() {
        coordinator.close();
        brokers.close();
    }
}
