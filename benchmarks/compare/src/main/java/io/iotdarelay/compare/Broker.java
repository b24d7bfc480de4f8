package io.iotdarelay.compare;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The broker's process, and what is to be done there before and after a trial. */
final class Broker implements AutoCloseable {

    static final int PARTITIONS = 12;

    private static final Duration LEADERS_WITHIN = Duration.ofSeconds(30);

    private final int port = Ports.free();
    private final Pinned process;
    private final Admin admin;

    Broker(Path directory, int core) {
        process = Pinned.java(
                core,
                directory.resolve("broker.log"),
                List.of("-Xmx1g", "-Xms1g", "-XX:+UseSerialGC", "-XX:ActiveProcessorCount=1"),
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerMain.class.getName(),
                        directory.resolve("broker").toString(),
                        Integer.toString(port),
                        Integer.toString(Ports.free())));
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap(), "default.api.timeout.ms", 60_000));
        ask(() -> admin.describeCluster().nodes());
        createTopic("iotda-relay.dlt", 1);
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    long cpuMicros() {
        return process.cpuMicros();
    }

    boolean has(String topic) {
        Set<String> names = ask(() -> admin.listTopics().names());
        return names.contains(topic);
    }

    void createTopic(String name, int partitions) {
        ask(() -> admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all());
        // A producer that comes before the broker leads the partitions may get its batches mixed up.
        long until = System.nanoTime() + LEADERS_WITHIN.toNanos();
        while (!isLed(name, partitions)) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("nobody leads " + name);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private boolean isLed(String topic, int partitions) {
        try {
            return ends(topic, partitions).size() == partitions;
        } catch (IllegalStateException notYet) {
            return false;
        }
    }

    void deleteTopic(String name) {
        ask(() -> admin.deleteTopics(List.of(name)).all());
    }

    /** Writes the first records of a scene. */
    void fill(String topic, Scene scene, int count) {
        Records records = new Records(scene);
        try (KafkaProducer<byte[], byte[]> producer = producer(bootstrap())) {
            for (int i = 0; i < count; i++) {
                Records.Made made = records.next(Records.micros());
                Future<?> unused = producer.send(
                        new ProducerRecord<>(topic, made.sender().getBytes(StandardCharsets.ISO_8859_1), made.value()));
            }
        }
    }

    static KafkaProducer<byte[], byte[]> producer(String bootstrap) {
        return producer(bootstrap, Map.of());
    }

    static KafkaProducer<byte[], byte[]> producer(String bootstrap, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", bootstrap);
        settings.put("key.serializer", ByteArraySerializer.class);
        settings.put("value.serializer", ByteArraySerializer.class);
        settings.put("linger.ms", 0);
        return new KafkaProducer<>(settings);
    }

    /** How many records of a topic a group has not committed. */
    long uncommitted(String group, String topic) {
        Map<TopicPartition, OffsetAndMetadata> committed =
                ask(() -> admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        return ends(topic, PARTITIONS).entrySet().stream()
                .mapToLong(end -> {
                    OffsetAndMetadata own = committed.get(end.getKey());
                    return end.getValue() - (own == null ? 0 : own.offset());
                })
                .sum();
    }

    private Map<TopicPartition, Long> ends(String topic, int partitions) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (int i = 0; i < partitions; i++) {
            latest.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        ask(() -> admin.listOffsets(latest).all()).forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private interface Question<T> {
        KafkaFuture<T> ask();
    }

    private static <T> T ask(Question<T> question) {
        try {
            return question.ask().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        admin.close();
        process.close();
    }
}
