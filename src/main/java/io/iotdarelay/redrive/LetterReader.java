package io.iotdarelay.redrive;

import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.kafka.KafkaFailure;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads dead letters, with a consumer for each question: in no group, and bounded in records, bytes and time. Waits for Kafka: only on a
 * thread that may.
 */
final class LetterReader {

    /** A poll returns so many records at most. */
    private static final int MOST_POLLED = 500;

    /** When the newest are looked for, so many records of a partition are read first, and then about so many bytes at once. */
    private static final int FIRST_CHUNK = 50;

    private static final int MOST_CHUNK = 1_000;
    private static final long CHUNK_BYTES = 2L * 1024 * 1024;

    private static final String LATE = "Kafka does not return it in time";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int CALL_MILLIS = 5_000;
    private static final int FETCH_BYTES = 4 * 1024 * 1024;

    private final Map<String, Object> configuration;
    private final LongSupplier nanoTime;

    /**
     * How much may be read for one question.
     *
     * @param bytes of keys, values and headers
     */
    record Bounds(int records, long bytes, Duration time) {}

    /** What was read. */
    sealed interface Reading {

        /**
         * Some letters, newest first: without key and value, if there may be several.
         *
         * @param next where to go on, by the partitions' names; empty where nothing older is left
         * @param scanned how many records were looked at
         */
        record Page(List<Letter> letters, Map<String, Long> next, int scanned) implements Reading {}

        record Failed(String why) implements Reading {}
    }

    /** What a scan came to. */
    sealed interface Scan {

        /**
         * It came to the end, or to a bound.
         *
         * @param complete whether it came to the end
         */
        record Done(boolean complete, int scanned) implements Scan {}

        record Failed(String why) implements Scan {}
    }

    /** Reads with the configuration of the relay's consumers, as far as it is about the way to Kafka. */
    LetterReader(Map<String, Object> consumer, LongSupplier nanoTime) {
        configuration = new HashMap<>(consumer);
        configuration.remove(ConsumerConfig.GROUP_ID_CONFIG);
        configuration.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        configuration.remove(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
        configuration.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        configuration.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        configuration.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        configuration.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        configuration.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        configuration.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_POLLED);
        configuration.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        configuration.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES / 4);
        configuration.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        configuration.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_MILLIS);
        configuration.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, CALL_MILLIS);
        this.nanoTime = nanoTime;
    }

    /**
     * The newest letters.
     *
     * @param before by the partitions' names: nothing from these offsets on
     */
    Reading newest(
            Collection<String> topics, Map<String, Long> before, Predicate<Letter> wanted, int most, Bounds bounds) {
        return ask(consumer -> newest(consumer, topics, before, wanted, most, new Budget(bounds)), Reading.Failed::new);
    }

    /** One letter, whole; empty if there is none at that position. */
    Reading one(RecordPosition position, Duration time) {
        return ask(
                consumer -> one(consumer, position, new Budget(new Bounds(1, Long.MAX_VALUE, time))),
                Reading.Failed::new);
    }

    private static final Reading NONE = new Reading.Page(List.of(), Map.of(), 0);

    private Reading one(Consumer<byte[], byte[]> consumer, RecordPosition position, Budget budget) {
        TopicPartition partition = new TopicPartition(position.topic(), position.partition());
        if (!partitions(consumer, List.of(position.topic())).contains(partition)) {
            return NONE;
        }
        consumer.assign(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        if (position.offset() >= end) {
            return NONE;
        }
        List<Letter> found = new ArrayList<>();
        boolean complete = chunk(consumer, partition, position.offset(), position.offset() + 1, budget, found::add);
        return complete ? new Reading.Page(found, Map.of(), found.size()) : new Reading.Failed(LATE);
    }

    /**
     * Looks at letters in the order of each partition, the oldest first.
     *
     * @param from where the time of the first wanted one is known, so that earlier ones need not be read
     * @param taken returns whether to go on
     */
    Scan scan(Collection<String> topics, Optional<Instant> from, Predicate<Letter> taken, Bounds bounds) {
        return ask(consumer -> scan(consumer, topics, from, taken, new Budget(bounds)), Scan.Failed::new);
    }

    /** Reads single letters, of which those after each other come together. Belongs to the thread that opened it. */
    interface Fetcher {

        Fetched get(RecordPosition position);
    }

    /** What became of the wish for a letter. */
    sealed interface Fetched {

        record Here(Letter letter) implements Fetched {}

        /** It is not there any more. */
        record Gone() implements Fetched {}

        /** It did not come in time. */
        record Late() implements Fetched {}
    }

    /** Fetches letters one after the other. Returns why that failed, if so. */
    Optional<String> fetch(java.util.function.Consumer<Fetcher> use, Duration each) {
        return ask(
                consumer -> {
                    use.accept(new Fetching(consumer, each));
                    return Optional.empty();
                },
                Optional::of);
    }

    private final class Fetching implements Fetcher {

        private final Consumer<byte[], byte[]> consumer;
        private final Duration patience;
        private final Map<RecordPosition, Letter> last = new HashMap<>();
        private @Nullable TopicPartition assigned;

        Fetching(Consumer<byte[], byte[]> consumer, Duration patience) {
            this.consumer = consumer;
            this.patience = patience;
        }

        @Override
        public Fetched get(RecordPosition position) {
            Letter known = last.get(position);
            if (known != null) {
                return new Fetched.Here(known);
            }
            last.clear();
            TopicPartition partition = new TopicPartition(position.topic(), position.partition());
            if (!partition.equals(assigned)) {
                consumer.assign(List.of(partition));
                assigned = partition;
            }
            consumer.seek(partition, position.offset());
            long end = nanoTime.getAsLong() + patience.toNanos();
            while (last.isEmpty() && consumer.position(partition) == position.offset()) {
                if (nanoTime.getAsLong() - end >= 0) {
                    return new Fetched.Late();
                }
                consumer.poll(POLL).records(partition).forEach(record -> {
                    Letter letter = letter(record);
                    last.put(letter.position(), letter);
                });
            }
            Letter found = last.get(position);
            return found == null ? new Fetched.Gone() : new Fetched.Here(found);
        }
    }

    private interface Question<T> {
        T of(Consumer<byte[], byte[]> consumer);
    }

    private <T> T ask(Question<T> question, java.util.function.Function<String, T> failure) {
        Optional<String> trouble = new Bootstrap(configuration).check().trouble();
        if (trouble.isPresent()) {
            return failure.apply(trouble.get());
        }
        Map<String, Object> named = new HashMap<>(configuration);
        // Each has a thread, and Kafka warns of clients with the same name.
        named.put(ConsumerConfig.CLIENT_ID_CONFIG, Thread.currentThread().getName());
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(named, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return question.of(consumer);
        } catch (KafkaException e) {
            return failure.apply(KafkaFailure.ofReading(e));
        }
    }

    /** What is left of the bounds. */
    private final class Budget {

        private final Bounds bounds;
        private final long end;
        private final ReadingPace pace;
        private int records;
        private long bytes;

        Budget(Bounds bounds) {
            this.bounds = bounds;
            this.end = nanoTime.getAsLong() + bounds.time().toNanos();
            this.pace = ReadingPace.ofThisThread(nanoTime);
        }

        /** The flow comes first. */
        void rest() {
            pace.rest();
        }

        void take(SourceRecord record) {
            records++;
            bytes += record.size();
        }

        boolean isUsedUp() {
            return records >= bounds.records() || bytes >= bounds.bytes() || isLate();
        }

        boolean isLate() {
            return nanoTime.getAsLong() - end >= 0;
        }

        /** How many records to read at once, by the size of those before. */
        long chunk() {
            return records == 0 ? FIRST_CHUNK : Math.clamp(CHUNK_BYTES / Math.max(1, bytes / records), 1, MOST_CHUNK);
        }
    }

    /** A partition, read backwards. */
    private static final class Backwards {
        private final TopicPartition partition;
        private final long first;
        private final Deque<Letter> found = new ArrayDeque<>();
        private long end;

        Backwards(TopicPartition partition, long first, long end) {
            this.partition = partition;
            this.first = first;
            this.end = end;
        }

        boolean isRead() {
            return end <= first;
        }

        /** From where on nothing older was returned. */
        long next() {
            return found.isEmpty() ? end : found.getFirst().position().offset() + 1;
        }
    }

    private Reading newest(
            Consumer<byte[], byte[]> consumer,
            Collection<String> topics,
            Map<String, Long> before,
            Predicate<Letter> wanted,
            int most,
            Budget budget) {
        List<TopicPartition> partitions = partitions(consumer, topics);
        consumer.assign(partitions);
        Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> last = consumer.endOffsets(partitions);
        List<Backwards> all = partitions.stream()
                .map(partition -> new Backwards(
                        partition,
                        first.getOrDefault(partition, 0L),
                        Math.min(
                                last.getOrDefault(partition, 0L),
                                before.getOrDefault(partition.toString(), Long.MAX_VALUE))))
                .toList();
        List<Letter> letters = new ArrayList<>();
        while (letters.size() < most) {
            boolean complete = fill(consumer, all, wanted, budget);
            Optional<Backwards> newest = all.stream()
                    .filter(each -> !each.found.isEmpty())
                    .max(Comparator.comparing(each -> each.found.getFirst().at()));
            if (newest.isEmpty() || !complete) {
                break;
            }
            letters.add(newest.get().found.removeFirst());
        }
        Map<String, Long> next = new TreeMap<>();
        boolean more = all.stream().anyMatch(each -> !each.found.isEmpty() || !each.isRead());
        if (more) {
            all.forEach(each -> next.put(each.partition.toString(), each.next()));
        }
        return new Reading.Page(letters, next, budget.records);
    }

    /** Has a letter of each partition that has any, for the newest of all is wanted. Returns whether the bounds allowed that. */
    private boolean fill(
            Consumer<byte[], byte[]> consumer, List<Backwards> all, Predicate<Letter> wanted, Budget budget) {
        for (Backwards each : all) {
            while (each.found.isEmpty() && !each.isRead()) {
                if (budget.isUsedUp()) {
                    return false;
                }
                long begin = Math.max(each.first, each.end - budget.chunk());
                List<Letter> found = new ArrayList<>();
                boolean complete = chunk(consumer, each.partition, begin, each.end, budget, letter -> {
                    if (wanted.test(letter)) {
                        found.add(letter.brief());
                    }
                });
                if (!complete) {
                    return false;
                }
                found.forEach(each.found::addFirst);
                each.end = begin;
            }
        }
        return true;
    }

    /** Reads what there is between two offsets, in their order. Returns whether there was time for all of it. */
    private boolean chunk(
            Consumer<byte[], byte[]> consumer,
            TopicPartition partition,
            long begin,
            long end,
            Budget budget,
            java.util.function.Consumer<Letter> taken) {
        consumer.pause(consumer.assignment());
        consumer.resume(List.of(partition));
        consumer.seek(partition, begin);
        while (consumer.position(partition) < end) {
            if (budget.isLate()) {
                return false;
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(partition)) {
                if (record.offset() < end) {
                    Letter letter = letter(record);
                    budget.take(letter.record());
                    taken.accept(letter);
                }
            }
            budget.rest();
        }
        return true;
    }

    private Scan scan(
            Consumer<byte[], byte[]> consumer,
            Collection<String> topics,
            Optional<Instant> from,
            Predicate<Letter> taken,
            Budget budget) {
        List<TopicPartition> partitions = partitions(consumer, topics);
        consumer.assign(partitions);
        Map<TopicPartition, Long> last = consumer.endOffsets(partitions);
        seek(consumer, partitions, from, last);
        while (!partitions.stream()
                .allMatch(partition -> consumer.position(partition) >= last.getOrDefault(partition, 0L))) {
            if (budget.isUsedUp()) {
                return new Scan.Done(false, budget.records);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                Letter letter = letter(record);
                budget.take(letter.record());
                if (!taken.test(letter)) {
                    return new Scan.Done(false, budget.records);
                }
            }
            budget.rest();
        }
        return new Scan.Done(true, budget.records);
    }

    private static void seek(
            Consumer<?, ?> consumer,
            List<TopicPartition> partitions,
            Optional<Instant> from,
            Map<TopicPartition, Long> last) {
        consumer.seekToBeginning(partitions);
        from.ifPresent(time -> {
            Map<TopicPartition, Long> wanted = new HashMap<>();
            partitions.forEach(partition -> wanted.put(partition, time.toEpochMilli()));
            Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(wanted);
            partitions.forEach(partition -> {
                OffsetAndTimestamp begin = found.get(partition);
                consumer.seek(partition, begin == null ? last.getOrDefault(partition, 0L) : begin.offset());
            });
        });
    }

    private static List<TopicPartition> partitions(Consumer<?, ?> consumer, Collection<String> topics) {
        return topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(found -> new TopicPartition(found.topic(), found.partition()))
                .toList();
    }

    private static Letter letter(ConsumerRecord<byte[], byte[]> record) {
        List<RecordHeader> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new RecordHeader(header.key(), header.value()));
        }
        return new Letter(new SourceRecord(
                new RecordPosition(record.topic(), record.partition(), record.offset()),
                Instant.ofEpochMilli(record.timestamp()),
                record.key(),
                record.value(),
                List.copyOf(headers)));
    }
}
