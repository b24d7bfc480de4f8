package io.iotdarelay.source;

import io.iotdarelay.settle.TopicIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits the offsets below which everything is settled, and with each of them what is finished beyond it. In normal
 * operation commits are asynchronous, one at a time; before a partition leaves, the commit is synchronous. A failed commit
 * costs nothing but repetition: the next one covers more.
 *
 * <p>Callbacks need no lock: both of Kafka's consumers invoke them on the thread that calls {@code poll}, {@code commitSync}
 * or {@code close}, which is the poll thread. One may arrive after its partition has left, or has left and come back: it
 * holds the assignments it was made for, so it only touches those, and a later assignment of the same partition is not
 * affected. Kafka handles the commits of one consumer in the order they were sent, so a late callback never hides a newer
 * commit.
 */
final class Committer {

    private static final Logger log = LoggerFactory.getLogger(Committer.class);

    private static final Duration WAIT = Duration.ofSeconds(10);

    /** The brokers' default limit ({@code offset.metadata.max.bytes}). */
    private static final int MOST_METADATA = 4096;

    /** Not even the shortest table of shares. */
    private static final int NO_METADATA = -1;

    private final Consumer<?, ?> consumer;
    private final ClusterWatch cluster;
    private final Duration interval;
    private Instant last;
    private boolean underWay;
    private Optional<String> failure = Optional.empty();
    private int mostMetadata = MOST_METADATA;

    Committer(Consumer<?, ?> consumer, ClusterWatch cluster, Duration interval, Instant now) {
        this.consumer = consumer;
        this.cluster = cluster;
        this.interval = interval;
        this.last = now;
    }

    /** What the group has committed, and what previous owners had finished beyond. If Kafka does not return it, records are repeated. */
    Map<TopicPartition, Takeover> takeOver(Collection<TopicPartition> assigned) {
        Map<TopicPartition, Takeover> takeovers = new HashMap<>();
        if (assigned.isEmpty()) {
            return takeovers;
        }
        Map<String, TopicIdentity> identities =
                cluster.identities(assigned.stream().map(TopicPartition::topic).collect(Collectors.toSet()));
        try {
            consumer.committed(Set.copyOf(assigned), WAIT).forEach((partition, committed) -> {
                Optional<TopicIdentity> topic = Optional.ofNullable(identities.get(partition.topic()));
                Optional<OffsetAndMetadata> commit = Optional.ofNullable(committed);
                TopicIdentity.Opened finished = topic.isPresent() && commit.isPresent()
                        ? topic.get()
                                .open(committed.offset(), ShareTable.without(ReadMark.without(committed.metadata())))
                        : TopicIdentity.Opened.NOTHING;
                takeovers.put(partition, new Takeover(commit, topic, finished));
            });
        } catch (KafkaException e) {
            log.atWarn()
                    .addKeyValue("reason", e.toString())
                    .log("The committed offsets cannot be read; what is finished beyond them may be repeated");
        }
        return takeovers;
    }

    /** Commits asynchronously if it is time. */
    void commitIfDue(Collection<AssignedPartition> partitions, Instant now) {
        if (underWay || now.isBefore(last.plus(interval))) {
            return;
        }
        last = now;
        Map<AssignedPartition, OffsetAndMetadata> offsets = offsets(partitions);
        if (offsets.isEmpty()) {
            return;
        }
        underWay = true;
        consumer.commitAsync(byTopicPartition(offsets), (committed, reason) -> {
            underWay = false;
            if (reason == null) {
                committed(offsets);
            } else {
                failed(reason);
            }
        });
    }

    /** Commits and waits for it. False if the group is just being rebalanced, and it may succeed after that. */
    boolean commit(Collection<AssignedPartition> partitions) {
        Map<AssignedPartition, OffsetAndMetadata> offsets = offsets(partitions);
        if (offsets.isEmpty()) {
            return true;
        }
        try {
            consumer.commitSync(byTopicPartition(offsets), WAIT);
            committed(offsets);
        } catch (RebalanceInProgressException e) {
            return false;
        } catch (OffsetMetadataTooLarge e) {
            failed(e);
            return commit(partitions);
        } catch (KafkaException e) {
            log.atWarn()
                    .addKeyValue("reason", e.toString())
                    .log(
                            "Offsets could not be committed before their partitions were revoked; records beyond the committed offsets are repeated");
        }
        return true;
    }

    private void failed(Exception reason) {
        if (reason instanceof RebalanceInProgressException) {
            return; // retried after the rebalance
        }
        if (reason instanceof OffsetMetadataTooLarge) {
            log.atWarn()
                    .log("The broker takes less metadata than 4 KB with a commit; more may be repeated after a crash");
            mostMetadata = mostMetadata > 0 ? 0 : NO_METADATA;
        } else {
            if (failure.isEmpty()) {
                log.atWarn()
                        .addKeyValue("reason", reason.toString())
                        .log("Offsets cannot be committed; the next commit tries again");
            }
            failure = Optional.of(reason.toString());
        }
    }

    /** How many characters the broker takes with a commit; 0 if few, and negative if none. */
    int mostMetadata() {
        return mostMetadata;
    }

    /** Why the last commit failed, if it did. */
    Optional<String> failure() {
        return failure;
    }

    private Map<AssignedPartition, OffsetAndMetadata> offsets(Collection<AssignedPartition> partitions) {
        Map<AssignedPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (AssignedPartition partition : partitions) {
            partition.commits().due(mostMetadata).ifPresent(offset -> offsets.put(partition, offset));
        }
        return offsets;
    }

    private static Map<TopicPartition, OffsetAndMetadata> byTopicPartition(
            Map<AssignedPartition, OffsetAndMetadata> offsets) {
        Map<TopicPartition, OffsetAndMetadata> result = new HashMap<>();
        offsets.forEach((partition, offset) -> result.put(partition.topicPartition(), offset));
        return result;
    }

    private void committed(Map<AssignedPartition, OffsetAndMetadata> offsets) {
        if (failure.isPresent()) {
            failure = Optional.empty();
            log.atInfo().log("Offsets are committed again");
        }
        offsets.forEach(AssignedPartition::committed);
    }
}
