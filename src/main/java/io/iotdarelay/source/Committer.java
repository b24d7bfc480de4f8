package io.iotdarelay.source;

import io.iotdarelay.settle.FinishedOffsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits the offsets below which everything is settled, and beside each of them what is finished beyond. In calm running that is
 * done on the side, one commit at a time; before a partition leaves it is waited for. A commit that fails costs nothing but
 * repetition: the next one holds more.
 */
final class Committer {

    private static final Logger log = LoggerFactory.getLogger(Committer.class);

    private static final Duration WAIT = Duration.ofSeconds(10);

    /** What brokers take by default ({@code offset.metadata.max.bytes}). */
    private static final int MOST_METADATA = 4096;

    private final Consumer<?, ?> consumer;
    private final Duration interval;
    private Instant last;
    private boolean underWay;
    private boolean failing;
    private int mostMetadata = MOST_METADATA;

    Committer(Consumer<?, ?> consumer, Duration interval, Instant now) {
        this.consumer = consumer;
        this.interval = interval;
        this.last = now;
    }

    /** What former owners had finished beyond the committed offsets. Where Kafka does not tell, records are repeated. */
    Map<TopicPartition, FinishedOffsets> finishedBefore(Collection<TopicPartition> assigned) {
        Map<TopicPartition, FinishedOffsets> finished = new HashMap<>();
        if (assigned.isEmpty()) {
            return finished;
        }
        try {
            consumer.committed(Set.copyOf(assigned), WAIT).forEach((partition, committed) -> {
                if (committed != null) {
                    finished.put(partition, FinishedOffsets.decode(committed.offset(), committed.metadata()));
                }
            });
        } catch (KafkaException e) {
            log.atWarn()
                    .addKeyValue("reason", e.toString())
                    .log(
                            "Kafka does not tell what is finished beyond the committed offsets; some of it may be repeated");
        }
        return finished;
    }

    /** Commits on the side if it is time. */
    void commitIfDue(Collection<AssignedPartition> partitions, Instant now) {
        if (underWay || now.isBefore(last.plus(interval))) {
            return;
        }
        last = now;
        Map<TopicPartition, OffsetAndMetadata> offsets = offsets(partitions);
        if (offsets.isEmpty()) {
            return;
        }
        underWay = true;
        consumer.commitAsync(offsets, (committed, failure) -> {
            underWay = false;
            if (failure == null) {
                committed(partitions, offsets);
            } else {
                failed(failure);
            }
        });
    }

    /** Commits and waits for it. False if the group is just being rebalanced, and it may succeed after that. */
    boolean commit(Collection<AssignedPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = offsets(partitions);
        if (offsets.isEmpty()) {
            return true;
        }
        try {
            consumer.commitSync(offsets, WAIT);
            committed(partitions, offsets);
        } catch (RebalanceInProgressException e) {
            return false;
        } catch (OffsetMetadataTooLarge e) {
            failed(e);
            return commit(partitions);
        } catch (KafkaException e) {
            log.atWarn()
                    .addKeyValue("reason", e.toString())
                    .log(
                            "Offsets could not be committed before their partitions left; what is behind them is repeated");
        }
        return true;
    }

    private void failed(Exception failure) {
        if (failure instanceof RebalanceInProgressException) {
            return; // after the rebalance it is done again
        }
        if (failure instanceof OffsetMetadataTooLarge) {
            log.atWarn()
                    .log("The broker takes less metadata than 4 KB with a commit; more may be repeated after a crash");
            mostMetadata = 0;
        } else if (!failing) {
            failing = true;
            log.atWarn()
                    .addKeyValue("reason", failure.toString())
                    .log("Offsets cannot be committed; they are part of the next commit");
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets(Collection<AssignedPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (AssignedPartition partition : partitions) {
            partition.toCommit(mostMetadata).ifPresent(offset -> offsets.put(partition.topicPartition(), offset));
        }
        return offsets;
    }

    private void committed(Collection<AssignedPartition> partitions, Map<TopicPartition, OffsetAndMetadata> offsets) {
        if (failing) {
            failing = false;
            log.atInfo().log("Offsets are committed again");
        }
        for (AssignedPartition partition : partitions) {
            OffsetAndMetadata offset = offsets.get(partition.topicPartition());
            if (offset != null) {
                partition.committed(offset);
            }
        }
    }
}
