package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/**
 * Polls. A partition whose next batch or record cannot be read stops there, and the others continue. Belongs to the poll
 * thread.
 */
final class Reader {

    private final Consumer<byte[], byte[]> consumer;
    private final PollBudget budget;
    private final Assignments assignments;
    private final TopicSubscription topics;
    private final LoopTime time;

    Reader(
            Consumer<byte[], byte[]> consumer,
            PollBudget budget,
            Assignments assignments,
            TopicSubscription topics,
            LoopTime time) {
        this.consumer = consumer;
        this.budget = budget;
        this.assignments = assignments;
        this.topics = topics;
        this.time = time;
    }

    /** Records of partitions that can be read. */
    ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        budget.pollBegins();
        try {
            return consumer.poll(timeout);
        } catch (TopicAuthorizationException e) {
            topics.refuse(e, time.now());
            return ConsumerRecords.empty();
        } catch (KafkaException e) {
            AssignedPartition partition = FetchFailure.partition(e, assignments.topicPartitions())
                    .map(assignments::get)
                    .orElse(null);
            if (partition == null) {
                throw e;
            }
            partition.unreadable(PauseReason.UNREADABLE.meaning() + ": " + FetchFailure.reason(e), time.now());
            // The consumer keeps the oversized record in memory, which is scarce now.
            return e instanceof RecordDeserializationException ? fetchAnew(partition) : ConsumerRecords.empty();
        }
    }

    /** Whether the consumer holds a record in memory that it has not returned, because the poll was full. */
    boolean holdsRecord() {
        return budget.isFull();
    }

    /** Retries the partitions that are due. The returned records are from others. */
    ConsumerRecords<byte[], byte[]> readAgain() {
        Instant now = time.now();
        Optional<AssignedPartition> due = assignments.all().stream()
                .filter(partition -> partition.commits().mark().mayRead() && partition.isToBeReadAgain(now))
                .findFirst();
        if (due.isEmpty()) {
            return ConsumerRecords.empty();
        }
        due.get().readable();
        return fetchAnew(due.get());
    }

    /** The next offset that the consumer will return. Does not wait if it is not known yet. */
    OptionalLong position(TopicPartition topicPartition) {
        return position(consumer, topicPartition);
    }

    static OptionalLong position(Consumer<?, ?> consumer, TopicPartition topicPartition) {
        try {
            return OptionalLong.of(consumer.position(topicPartition, Duration.ZERO));
        } catch (KafkaException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * Makes the consumer forget what it has fetched of a partition. It keeps a batch that it could not read, and would fail on it
     * again without asking the broker; it discards the batch only when its position has changed. So the position is moved for one
     * poll, in which nothing else is read, and what that poll returns of the partition is discarded.
     */
    ConsumerRecords<byte[], byte[]> fetchAnew(AssignedPartition partition) {
        TopicPartition topicPartition = partition.topicPartition();
        OptionalLong position = position(topicPartition);
        if (position.isEmpty()) {
            return ConsumerRecords.empty();
        }
        consumer.pause(consumer.assignment());
        consumer.resume(Set.of(topicPartition));
        consumer.seek(topicPartition, position.getAsLong() + 1);
        ConsumerRecords<byte[], byte[]> records = poll(Duration.ZERO);
        if (assignments.get(topicPartition) == partition) {
            consumer.seek(topicPartition, position.getAsLong());
        }
        // Other partitions are paused, except those that were assigned in this poll.
        return without(records, topicPartition);
    }

    private static ConsumerRecords<byte[], byte[]> without(
            ConsumerRecords<byte[], byte[]> records, TopicPartition topicPartition) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> others = new HashMap<>();
        records.partitions().stream()
                .filter(partition -> !partition.equals(topicPartition))
                .forEach(partition -> others.put(partition, records.records(partition)));
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>(records.nextOffsets());
        next.remove(topicPartition);
        return new ConsumerRecords<>(others, next);
    }
}
