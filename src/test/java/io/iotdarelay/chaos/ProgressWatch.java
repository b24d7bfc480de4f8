package io.iotdarelay.chaos;

import io.iotdarelay.testing.LocalKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what the group has committed, past the relays and past the network that is disturbed, several times a second and on a
 * thread of its own: whoever disturbs may be busy with it for long. A stall is the time in which a partition has something to do and
 * commits nothing, as far as no disturbance was in its way.
 */
final class ProgressWatch implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long LOOK_EVERY_MILLIS = 250;

    private final Admin admin;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("progress-watch").factory());
    private final Map<Integer, Long> committed = new HashMap<>();
    private final Map<Integer, Long> ends = new HashMap<>();
    private final Map<Integer, Instant> movedAt = new HashMap<>();
    private final Map<Integer, Duration> longestStalls = new HashMap<>();

    ProgressWatch(LocalKafka kafka) {
        this.admin = kafka.admin(PATIENCE);
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(this::lookNow, 0, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Looks now, besides. */
    void look() {
        onThread(Executors.callable(this::lookNow));
    }

    /** Reports nothing new while the broker is down. */
    private void lookNow() {
        try {
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            admin.describeTopics(List.of(World.TOPIC)).allTopicNames().get().values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .forEach(partition ->
                            latest.put(new TopicPartition(World.TOPIC, partition.partition()), OffsetSpec.latest()));
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(World.TOPIC)
                    .partitionsToOffsetAndMetadata()
                    .get();
            admin.listOffsets(latest)
                    .all()
                    .get()
                    .forEach((partition, end) ->
                            note(partition.partition(), end.offset(), offset(offsets.get(partition))));
        } catch (ExecutionException e) {
            // The broker is down; the next check will show.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long offset(@Nullable OffsetAndMetadata committed) {
        return committed == null ? 0 : committed.offset();
    }

    /** Nothing blocks from now on: earlier stalls had a reason. */
    void forgive() {
        onThread(Executors.callable(() -> movedAt.replaceAll((partition, moved) -> Instant.now())));
    }

    /** Where each partition ends. */
    Map<Integer, Long> ends() {
        return onThread(() -> Map.copyOf(ends));
    }

    boolean hasCommitted(Map<Integer, Long> marks) {
        return onThread(() -> marks.entrySet().stream()
                .allMatch(mark -> committed.getOrDefault(mark.getKey(), 0L) >= mark.getValue()));
    }

    Map<Integer, Duration> longestStalls() {
        return onThread(() -> Map.copyOf(longestStalls));
    }

    /** What is known belongs to that thread. */
    private <T> T onThread(Callable<T> task) {
        try {
            return thread.submit(task).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void note(int partition, long end, long offset) {
        Instant now = Instant.now();
        Long before = committed.put(partition, offset);
        ends.put(partition, end);
        boolean moved = before == null || offset > before || offset >= end;
        Instant since = movedAt.getOrDefault(partition, now);
        longestStalls.merge(
                partition, Duration.between(since, now), (one, other) -> one.compareTo(other) > 0 ? one : other);
        if (moved) {
            movedAt.put(partition, now);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        admin.close(Duration.ofSeconds(5));
    }
}
