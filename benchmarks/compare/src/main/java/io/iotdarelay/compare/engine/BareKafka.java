package io.iotdarelay.compare.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The same from Kafka, in no order, and without anything for failures. A poll's offsets are committed when all of its records, and those
 * of the polls before it, are posted.
 */
final class BareKafka {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long COMMIT_EVERY_NANOS = 1_000_000_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ReactorPoster poster;
    private final Encoder encoder;
    private final Queue<Polled> open = new ArrayDeque<>();
    private final Map<TopicPartition, OffsetAndMetadata> committable = new HashMap<>();
    private long committed = System.nanoTime();

    private record Polled(ConsumerRecords<byte[], byte[]> records, AtomicInteger outstanding) {}

    private record Outgoing(Encoder.Post post, AtomicInteger outstanding) {}

    private BareKafka(Setting setting) {
        this.poster = new ReactorPoster(setting);
        this.encoder = new Encoder(setting.scene().to());
        this.consumer = setting.newConsumer();
        consumer.subscribe(List.of(setting.topic()));
    }

    static void run(Setting setting) {
        BareKafka engine = new BareKafka(setting);
        Flux.<Polled>generate(next -> next.next(engine.poll()))
                .flatMapIterable(engine::encoded, 1)
                .subscribeOn(Schedulers.newSingle("poll"))
                .flatMap(engine::send, setting.scene().inFlight(), 1)
                .blockLast();
    }

    private Polled poll() {
        commit();
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        Polled polled = new Polled(records, new AtomicInteger(records.count()));
        open.add(polled);
        return polled;
    }

    private Iterable<Outgoing> encoded(Polled polled) {
        return () -> StreamSupport.stream(polled.records().spliterator(), false)
                .map(record -> new Outgoing(encode(record), polled.outstanding()))
                .iterator();
    }

    private Encoder.Post encode(ConsumerRecord<byte[], byte[]> record) {
        return encoder.encode(record.value(), record.topic(), record.partition(), record.offset());
    }

    private Mono<Void> send(Outgoing outgoing) {
        return poster.post(outgoing.post())
                .doOnSuccess(done -> outgoing.outstanding().decrementAndGet());
    }

    private void commit() {
        while (!open.isEmpty() && open.peek().outstanding().get() == 0) {
            committable.putAll(open.remove().records().nextOffsets());
        }
        long now = System.nanoTime();
        if (now - committed > COMMIT_EVERY_NANOS && !committable.isEmpty()) {
            committed = now;
            consumer.commitAsync(Map.copyOf(committable), null);
            committable.clear();
        }
    }
}
