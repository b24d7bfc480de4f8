package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prevents a record that takes more memory than there is from crashing one process after the other. The client decompresses
 * it before its size can be checked, so the first crash cannot be prevented. Each partition gets a {@link ReadMark} before
 * it is read; one whose readers have crashed is read after the others and alone, and one that has crashed several in a row
 * is left out for an hour. Belongs to the poll thread.
 */
final class ReadMarks {

    private static final Logger log = LoggerFactory.getLogger(ReadMarks.class);

    /** One crash has many reasons; a second one at the same place is reported. */
    private static final int REPORTED = 2;

    /** Read after the others and alone. */
    private static final int SUSPECT = 3;

    /** It was read alone, and crashed the process. */
    private static final int CULPRIT = 4;

    private static final Duration LEFT_OUT_FOR = Duration.ofHours(1);
    private static final Duration WAIT = Duration.ofSeconds(3);

    private final Consumer<?, ?> consumer;
    private final Map<TopicPartition, Integer> written;

    /**
     * Marks on behalf of one consumer.
     *
     * @param written the marks that this process has written, kept from one consumer to the next
     */
    ReadMarks(Consumer<?, ?> consumer, Map<TopicPartition, Integer> written) {
        this.consumer = consumer;
        this.written = written;
    }

    /** These are assigned. None of them is read before its mark is written. */
    void assigned(Collection<AssignedPartition> partitions, Instant now) {
        for (AssignedPartition partition : partitions) {
            Integer own = written.remove(partition.topicPartition());
            if (own != null && own == partition.commits().mark().deaths()) {
                partition.commits().countOneDeathLess();
            }
            int deaths = partition.commits().mark().deaths();
            if (deaths >= CULPRIT) {
                partition.unreadable(
                        "reading this partition has crashed the process " + deaths
                                + " times in a row, probably because a record needs more memory than there is",
                        now,
                        LEFT_OUT_FOR);
            } else if (deaths >= REPORTED) {
                log.atError()
                        .addKeyValue("topic", partition.topicPartition().topic())
                        .addKeyValue("partition", partition.topicPartition().partition())
                        .addKeyValue(
                                "offset", partition.commits().acknowledged().orElse(-1))
                        .addKeyValue("times", deaths)
                        .log("The process exited soon after it began to read this partition, several times in a row");
            }
        }
        consumer.pause(
                partitions.stream().map(AssignedPartition::topicPartition).toList());
    }

    /** Why a partition is not read yet, if others are read before. */
    static Optional<Pause> reasonToWait(AssignedPartition partition) {
        ReadMark mark = partition.commits().mark();
        return mark.mayRead() || mark.deaths() < SUSPECT
                ? Optional.empty()
                : Optional.of(new Pause(
                        PauseReason.UNREADABLE,
                        "it is read after the others, because " + mark.deaths()
                                + " processes in a row exited soon after they had begun to read it"));
    }

    /** Releases the partitions whose turn it is to be read. */
    void admit(Collection<AssignedPartition> all, Instant now) {
        all.forEach(partition ->
                partition.commits().mark().age(now, partition.pause().isEmpty()));
        List<AssignedPartition> waiting = all.stream()
                .filter(partition -> !partition.commits().mark().mayRead())
                .toList();
        if (waiting.isEmpty()) {
            return;
        }
        List<AssignedPartition> trusted = waiting.stream()
                .filter(partition -> partition.commits().mark().deaths() < SUSPECT)
                .toList();
        if (!trusted.isEmpty()) {
            begin(trusted, now);
        } else if (all.stream()
                .noneMatch(partition -> partition.commits().mark().isOpen() && !partition.isOrderedToPause())) {
            waiting.stream()
                    .filter(partition -> partition.unreadable().isEmpty() || partition.isToBeReadAgain(now))
                    .min(Comparator.comparingInt(
                            partition -> partition.commits().mark().deaths()))
                    .ifPresent(partition -> begin(List.of(partition), now));
        }
    }

    private void begin(List<AssignedPartition> partitions, Instant now) {
        Map<AssignedPartition, OffsetAndMetadata> marked = new HashMap<>();
        partitions.forEach(partition -> Reader.position(consumer, partition.topicPartition())
                .ifPresent(position -> marked.put(partition, partition.commits().marked(position))));
        if (marked.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
        marked.forEach((partition, commit) -> commits.put(partition.topicPartition(), commit));
        boolean acknowledged = false;
        try {
            consumer.commitSync(commits, WAIT);
            acknowledged = true;
        } catch (RebalanceInProgressException e) {
            return; // retried after the rebalance
        } catch (KafkaException e) {
            // Some of them may be stored. Regular commits write and remove the marks as they can.
            log.atDebug()
                    .addKeyValue("reason", e.toString())
                    .log("Partitions are read although no mark was acknowledged");
        }
        for (Map.Entry<AssignedPartition, OffsetAndMetadata> one : marked.entrySet()) {
            AssignedPartition partition = one.getKey();
            partition.readable();
            partition.commits().mark().begin(now);
            written.put(partition.topicPartition(), partition.commits().mark().next());
            if (acknowledged) {
                partition.committed(one.getValue());
            }
        }
    }
}
