package io.iotdarelay.commands;

import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.kafka.KafkaFailure;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the last records of a topic, and nothing else: it joins no group and commits nothing. With the isolation level that is
 * configured, and within a bounded time.
 */
final class TopicReader {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CALL = Duration.ofSeconds(10);

    private final Map<String, Object> configuration;
    private final Clock clock;
    private final LongSupplier nanoTime;

    TopicReader(Map<String, Object> consumer, Clock clock, LongSupplier nanoTime) {
        this.configuration = new HashMap<>(consumer);
        // Without a group nothing is joined or committed, whatever is configured.
        configuration.remove(ConsumerConfig.GROUP_ID_CONFIG);
        configuration.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        configuration.remove(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
        configuration.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        configuration.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        configuration.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) CALL.toMillis());
        configuration.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, "iotda-relay-verbs");
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** What was read. */
    sealed interface Reading {

        /**
         * Records, in the order of their timestamps.
         *
         * @param complete whether all were read that were asked for, or all that there are
         */
        record Read(List<SourceRecord> records, boolean complete) implements Reading {}

        record Failed(String why) implements Reading {}
    }

    /**
     * Reads about the last {@code count} records: the same number of each partition.
     *
     * @param atMost how long it may take
     */
    Reading last(String topic, int count, Duration atMost) {
        long end = nanoTime.getAsLong() + atMost.toNanos();
        Optional<String> trouble = new Bootstrap(configuration).check().trouble();
        if (trouble.isPresent()) {
            return new Reading.Failed(trouble.get());
        }
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(configuration, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            if (partitions.isEmpty()) {
                return new Reading.Failed("topic " + topic + " does not exist");
            }
            return read(consumer, partitions, count, end);
        } catch (KafkaException e) {
            return new Reading.Failed(KafkaFailure.ofReading(e));
        }
    }

    /**
     * Reads all records that there are, from the beginning, in the order of each partition. Returns why that failed, if so.
     *
     * @param atMost how long nothing may come
     */
    Optional<String> all(
            String topic, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> taken, Duration atMost) {
        Optional<String> trouble = new Bootstrap(configuration).check().trouble();
        if (trouble.isPresent()) {
            return trouble;
        }
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(configuration, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            if (partitions.isEmpty()) {
                return Optional.of("topic " + topic + " does not exist");
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> last = consumer.endOffsets(partitions);
            long end = nanoTime.getAsLong() + atMost.toNanos();
            while (!isAtEnd(consumer, last)) {
                boolean came = false;
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    taken.accept(record);
                    came = true;
                }
                end = came ? nanoTime.getAsLong() + atMost.toNanos() : end;
                if (nanoTime.getAsLong() - end >= 0) {
                    return Optional.of("topic " + topic + " could not be read to its end: nothing came for "
                            + atMost.toSeconds() + " s");
                }
            }
            return Optional.empty();
        } catch (KafkaException e) {
            return Optional.of(KafkaFailure.ofReading(e));
        }
    }

    private static List<TopicPartition> partitions(Consumer<?, ?> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(found -> new TopicPartition(topic, found.partition()))
                .toList();
    }

    private Reading read(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, int count, long end) {
        consumer.assign(partitions);
        Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> last = consumer.endOffsets(partitions);
        int share = Math.max(1, (count + partitions.size() - 1) / partitions.size());
        partitions.forEach(partition -> consumer.seek(
                partition, Math.max(first.getOrDefault(partition, 0L), last.getOrDefault(partition, 0L) - share)));
        List<SourceRecord> records = new ArrayList<>();
        boolean complete = isAtEnd(consumer, last);
        while (!complete && nanoTime.getAsLong() - end < 0) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < last.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L)) {
                    records.add(of(record, clock));
                }
            }
            complete = isAtEnd(consumer, last);
        }
        records.sort(Comparator.comparing(SourceRecord::timestamp));
        int surplus = Math.max(0, records.size() - count);
        return new Reading.Read(List.copyOf(records.subList(surplus, records.size())), complete);
    }

    private static boolean isAtEnd(Consumer<?, ?> consumer, Map<TopicPartition, Long> last) {
        return last.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** As the relay takes it: one without a timestamp has that of its arrival. */
    static SourceRecord of(ConsumerRecord<byte[], byte[]> record, Clock clock) {
        List<RecordHeader> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new RecordHeader(header.key(), header.value()));
        }
        return new SourceRecord(
                new RecordPosition(record.topic(), record.partition(), record.offset()),
                record.timestamp() < 0 ? clock.instant() : Instant.ofEpochMilli(record.timestamp()),
                record.key(),
                record.value(),
                List.copyOf(headers));
    }
}
