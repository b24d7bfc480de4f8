package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits the offsets below which everything is settled. In calm running that is done on the side, one commit at a time;
 * before a partition leaves it is waited for. A commit that fails costs nothing but repetition: the next one holds more.
 */
final class Committer {

    private static final Logger log = LoggerFactory.getLogger(Committer.class);

    private static final Duration WAIT = Duration.ofSeconds(10);

    private final Consumer<?, ?> consumer;
    private final Duration interval;
    private Instant last;
    private boolean underWay;

    Committer(Consumer<?, ?> consumer, Duration interval, Instant now) {
        this.consumer = consumer;
        this.interval = interval;
        this.last = now;
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
                (failure instanceof RebalanceInProgressException ? log.atDebug() : log.atWarn())
                        .addKeyValue("reason", failure.toString())
                        .log("Offsets could not be committed; they are part of the next commit");
            }
        });
    }

    /** Commits and waits for it. */
    void commit(Collection<AssignedPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = offsets(partitions);
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets, WAIT);
            committed(partitions, offsets);
        } catch (KafkaException e) {
            log.atWarn()
                    .addKeyValue("reason", e.toString())
                    .log(
                            "Offsets could not be committed before their partitions left; what is behind them is repeated");
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Collection<AssignedPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (AssignedPartition partition : partitions) {
            partition
                    .toCommit()
                    .ifPresent(offset -> offsets.put(partition.topicPartition(), new OffsetAndMetadata(offset)));
        }
        return offsets;
    }

    private static void committed(
            Collection<AssignedPartition> partitions, Map<TopicPartition, OffsetAndMetadata> offsets) {
        for (AssignedPartition partition : partitions) {
            OffsetAndMetadata offset = offsets.get(partition.topicPartition());
            if (offset != null) {
                partition.committed(offset.offset());
            }
        }
    }
}
