package io.iotdarelay.redrive;

import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.kafka.ByteProducers;
import io.iotdarelay.kafka.ClientSettings;
import io.iotdarelay.kafka.CompactedTopic;
import io.iotdarelay.kafka.KafkaFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * The topic that notes which dead letters were sent again. Nothing of it is opened before the first letter is to be sent: most relays never
 * do. Waits for Kafka: only on a thread that may. Dry runs and runs, which have threads of their own, use it one after the other.
 */
final class RedriveTopic implements AutoCloseable {

    private static final ByteProducers.Patience PATIENCE = new ByteProducers.Patience(
            Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(1));

    /** So long its first reading may take. */
    private static final Duration LOADING = Duration.ofSeconds(10);

    private static final Duration STEP = Duration.ofMillis(20);
    private static final Duration CREATE = Duration.ofSeconds(5);
    private static final int MOST_RECORDS = 1_000;

    private final String name;
    private final DoneLetters done;
    private final ConsumerFactory<?, ?> consumers;
    private final ProducerFactory<?, ?> producers;
    private final InstantSource time;
    private @Nullable CompactedTopic follower;
    private @Nullable ByteProducers writers;

    RedriveTopic(
            String name,
            DoneLetters done,
            ConsumerFactory<?, ?> consumers,
            ProducerFactory<?, ?> producers,
            InstantSource time) {
        this.name = name;
        this.done = done;
        this.consumers = consumers;
        this.producers = producers;
        this.time = time;
    }

    /** Has it read, if it is there. Returns why that is not possible, if so: a topic that is missing has no notes. */
    Optional<String> openIfThere(Collection<String> letterTopics) {
        return open(letterTopics, false);
    }

    /** Has it created if it is missing, and read. Returns why it cannot be used, if so. */
    Optional<String> open(Collection<String> letterTopics) {
        return open(letterTopics, true);
    }

    private synchronized Optional<String> open(Collection<String> letterTopics, boolean creates) {
        Map<String, Object> configuration = consumers.getConfigurationProperties();
        Optional<String> unreachable = new Bootstrap(configuration).check().trouble();
        if (unreachable.isPresent()) {
            return unreachable;
        }
        switch (create(configuration, letterTopics, creates)) {
            case Creation.Failed failed -> {
                return Optional.of("topic " + name + " cannot be created: " + failed.why());
            }
            case Creation.Missing ignored -> {
                return Optional.empty();
            }
            case Creation.There ignored -> {}
        }
        if (follower == null) {
            CompactedTopic topic = new CompactedTopic(
                    name,
                    () -> new Bootstrap(configuration).check(),
                    () -> CompactedTopic.consumer(consumers, "-redriven", MOST_RECORDS, Map.of()),
                    time,
                    done);
            follower = topic;
            Thread.ofPlatform().name("relay-redriven").daemon().start(topic);
        }
        for (Duration waited = Duration.ZERO;
                !done.isLoaded() && waited.compareTo(LOADING) < 0;
                waited = waited.plus(STEP)) {
            LockSupport.parkNanos(STEP.toNanos());
        }
        Optional<String> trouble = done.trouble().map(why -> "topic " + name + ": " + why);
        if (creates && trouble.isEmpty()) {
            forget(configuration);
        }
        return trouble;
    }

    /** Drops what is noted of letters that are gone. If that fails, it is done by the next run. */
    private void forget(Map<String, Object> configuration) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        done.partitions().forEach(partition -> wanted.put(partition, OffsetSpec.earliest()));
        Map<TopicPartition, Long> beginnings = new HashMap<>();
        try (Admin admin = Admin.create(ClientSettings.admin(configuration))) {
            if (!wanted.isEmpty()) {
                admin.listOffsets(wanted)
                        .all()
                        .get(CREATE.toSeconds(), TimeUnit.SECONDS)
                        .forEach((partition, first) -> beginnings.put(partition, first.offset()));
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Map<String, byte @Nullable []> tombstones = new HashMap<>();
        done.drop(beginnings).forEach(key -> tombstones.put(key, null));
        done.runs().drop(time.instant()).forEach(key -> tombstones.put(key, null));
        Optional<String> unused = send(tombstones);
    }

    private sealed interface Creation {
        record There() implements Creation {}

        record Missing() implements Creation {}

        record Failed(String why) implements Creation {}
    }

    private Creation create(Map<String, Object> configuration, Collection<String> letterTopics, boolean creates) {
        try (Admin admin = Admin.create(ClientSettings.admin(configuration))) {
            NewTopic topic = new NewTopic(name, Optional.of(1), Optional.empty())
                    .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
            if (admin.listTopics()
                    .names()
                    .get(CREATE.toSeconds(), TimeUnit.SECONDS)
                    .contains(name)) {
                done.know(ids(admin, letterTopics));
                return new Creation.There();
            }
            if (!creates) {
                return new Creation.Missing();
            }
            done.know(ids(admin, letterTopics));
            admin.createTopics(List.of(topic)).all().get(CREATE.toSeconds(), TimeUnit.SECONDS);
            return new Creation.There();
        } catch (ExecutionException e) {
            return e.getCause() instanceof TopicExistsException
                    ? new Creation.There()
                    : new Creation.Failed(KafkaFailure.ofWriting(e.getCause() == null ? e : e.getCause()));
        } catch (TimeoutException e) {
            return new Creation.Failed("no answer within " + CREATE.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Creation.Failed("the relay is being stopped");
        } catch (KafkaException e) {
            return new Creation.Failed(KafkaFailure.ofWriting(e));
        }
    }

    /** The IDs of the topics that are there. */
    private static Map<String, String> ids(Admin admin, Collection<String> topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, String> ids = new HashMap<>();
        for (TopicListing found : admin.listTopics().listings().get(CREATE.toSeconds(), TimeUnit.SECONDS)) {
            if (topics.contains(found.name())) {
                ids.put(found.name(), found.topicId().toString());
            }
        }
        return ids;
    }

    /** Writes what was noted under these keys, and waits until Kafka has it. Returns why that failed, if so. */
    synchronized Optional<String> write(Collection<String> keys) {
        Map<String, byte @Nullable []> records = new HashMap<>();
        keys.forEach(key -> records.put(key, done.value(key)));
        return send(records);
    }

    /** Notes how far a run is, or with nothing that it has ended. Without that, nothing but its progress is forgotten by a restart. */
    synchronized void note(String run, byte @Nullable [] value) {
        Map<String, byte @Nullable []> record = new HashMap<>();
        record.put(RunNotes.key(run), value);
        Optional<String> unused = send(record);
    }

    private Optional<String> send(Map<String, byte @Nullable []> records) {
        if (records.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (writers == null) {
                writers = new ByteProducers(producers, PATIENCE, Map.of());
            }
            Producer<byte[], byte[]> producer = writers.open();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            records.forEach((key, value) ->
                    sent.add(producer.send(new ProducerRecord<>(name, key.getBytes(StandardCharsets.UTF_8), value))));
            producer.flush();
            for (Future<RecordMetadata> each : sent) {
                RecordMetadata ignored = each.get();
            }
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(KafkaFailure.ofWriting(e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
            return Optional.of("the relay is being stopped");
        } catch (KafkaException e) {
            return Optional.of(KafkaFailure.ofWriting(e));
        }
    }

    @Override
    public synchronized void close() {
        if (follower != null) {
            follower.stop();
        }
        if (writers != null) {
            writers.close();
        }
    }
}
