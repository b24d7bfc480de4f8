package io.iotdarelay.kafka;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.kafka.core.ConsumerFactory;

/**
 * Follows a topic whose records are the state of something: reads all of its partitions from the beginning, without a group, and then
 * what is new. After a failure it starts again, and for a reader that wants it also if the topic was deleted, truncated or created again:
 * a record may be read more than once. One thread runs it, and calls the reader.
 */
public final class CompactedTopic implements Runnable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LOOK_FOR_PARTITIONS = Duration.ofMinutes(1);
    private static final Duration RESTART = Duration.ofSeconds(5);

    /** After so many polls that returned nothing, there is nothing: before, it may still turn out that reading is not permitted. */
    private static final int POLLS = 5;

    private final String topic;
    private final Supplier<Reach> check;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final InstantSource time;
    private final Reader reader;
    private volatile boolean stopping;

    /** What is done with the records. */
    public interface Reader {

        /** The topic is read from its beginning from now on. */
        default void begins() {}

        void read(ConsumerRecord<byte[], byte[]> record);

        /**
         * One poll is over.
         *
         * @param changed whether it returned records
         * @param reached whether everything was read that was there when it began
         */
        void polled(boolean changed, boolean reached);

        /** Whether everything was read once. As long as it was not, partitions are looked for more often. */
        boolean isLoaded();

        /**
         * Whether all of it is read again if the topic was created again, or lost its end. Without, what comes is added to what was read
         * before: nothing is missing meanwhile, and nothing is as it was once.
         */
        default boolean wantsAllAgain() {
            return false;
        }

        /** The topic cannot be read. It is tried again. */
        void trouble(String why);
    }

    /**
     * A topic that is read once its thread runs.
     *
     * @param check whether Kafka can be reached
     */
    public CompactedTopic(
            String topic,
            Supplier<Reach> check,
            Supplier<Consumer<byte[], byte[]>> consumers,
            InstantSource time,
            Reader reader) {
        this.topic = topic;
        this.check = check;
        this.consumers = consumers;
        this.time = time;
        this.reader = reader;
    }

    /**
     * A consumer for this.
     *
     * @param purpose the end of its client ID
     * @param most how many records a poll returns, which bounds its memory, together with 4 MB a fetch
     * @param more further properties
     */
    @SuppressWarnings("unchecked") // the deserializers are set right here
    public static Consumer<byte[], byte[]> consumer(
            ConsumerFactory<?, ?> kafka, String purpose, int most, Map<String, String> more) {
        Properties properties = new Properties();
        properties.putAll(more);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Integer.toString(most));
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, "4194304");
        // What is configured for telemetry may save requests by waiting; here somebody waits for the record.
        properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "1");
        return (Consumer<byte[], byte[]>) kafka.createConsumer(null, null, purpose, properties);
    }

    /** Stops the thread soon. */
    public void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        while (!stopping) {
            try {
                Optional<String> unreachable = check.get().trouble();
                if (unreachable.isEmpty()) {
                    follow();
                } else {
                    reader.trouble(unreachable.get());
                    rest();
                }
            } catch (RuntimeException | Error e) { // whatever it is, the topic has to be followed
                reader.trouble(KafkaFailure.ofReading(e));
                rest();
            }
        }
    }

    private void follow() {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            follow(consumer);
        }
    }

    private void follow(Consumer<byte[], byte[]> consumer) {
        Map<TopicPartition, Long> wanted = Map.of();
        Map<TopicPartition, Long> positions = new HashMap<>();
        int polls = 0;
        boolean gone = false;
        Instant lookAgain = time.instant();
        while (!stopping) {
            if (!time.instant().isBefore(lookAgain)) {
                Set<TopicPartition> all = partitions(consumer);
                boolean wasGone = gone;
                gone = reader.wantsAllAgain() && !all.containsAll(consumer.assignment());
                if (gone && wasGone) {
                    return;
                }
                if (!gone && assign(consumer, all)) {
                    wanted = consumer.endOffsets(consumer.assignment());
                }
                boolean isSettled =
                        reader.isLoaded() && !gone && !consumer.assignment().isEmpty();
                lookAgain = time.instant().plus(isSettled ? LOOK_FOR_PARTITIONS : RESTART);
            }
            if (consumer.assignment().isEmpty()) {
                reader.trouble("the topic " + topic + " does not exist");
                rest();
                continue;
            }
            boolean changed = false;
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                reader.read(record);
                changed = true;
            }
            if (reader.wantsAllAgain() && !advance(consumer, positions)) {
                return;
            }
            polls = changed ? POLLS : Math.min(POLLS, polls + 1);
            reader.polled(changed, polls >= POLLS && hasReached(consumer, wanted));
        }
    }

    private Set<TopicPartition> partitions(Consumer<?, ?> consumer) {
        Set<TopicPartition> all = new HashSet<>();
        consumer.partitionsFor(topic).forEach(found -> all.add(new TopicPartition(topic, found.partition())));
        return all;
    }

    /** Returns whether no partition went back: then it is not the one that was read, or has lost its end. */
    private static boolean advance(Consumer<?, ?> consumer, Map<TopicPartition, Long> positions) {
        boolean advanced = true;
        for (TopicPartition partition : consumer.assignment()) {
            long position = consumer.position(partition);
            advanced &= position >= Objects.requireNonNullElse(positions.put(partition, position), 0L);
        }
        return advanced;
    }

    /** Assigns new partitions, from their beginning. Returns whether there were any. */
    private boolean assign(Consumer<?, ?> consumer, Set<TopicPartition> all) {
        Set<TopicPartition> fresh = new HashSet<>(all);
        fresh.removeAll(consumer.assignment());
        if (!fresh.isEmpty()) {
            if (consumer.assignment().isEmpty()) {
                reader.begins();
            }
            consumer.assign(all);
            consumer.seekToBeginning(fresh);
        }
        return !fresh.isEmpty();
    }

    private static boolean hasReached(Consumer<?, ?> consumer, Map<TopicPartition, Long> wanted) {
        return wanted.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private void rest() {
        Instant end = time.instant().plus(RESTART);
        while (!stopping && time.instant().isBefore(end)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
