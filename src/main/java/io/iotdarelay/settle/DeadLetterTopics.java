package io.iotdarelay.settle;

import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes dead letters to the topics of their routes. Each topic has a writer and a thread of its own, so that one that cannot be written
 * holds up no other.
 */
public final class DeadLetterTopics implements AutoCloseable {

    private static final Duration EXAMINE_AGAIN = Duration.ofSeconds(5);
    private static final Duration EXAMINE_EVERY = Duration.ofMinutes(1);

    private final String standard;
    private final Function<String, DeadLetterTopic> opener;
    private final Function<String, ScheduledExecutorService> threads;
    private final BiFunction<DeadLetterTopic, ScheduledExecutorService, DeadLetterWriter> writers;
    private final Map<String, Opened> topics = new ConcurrentHashMap<>();
    private volatile Set<String> expected = Set.of();

    /** A topic with what belongs to it alone. */
    private record Opened(DeadLetterTopic topic, ScheduledExecutorService thread, DeadLetterWriter writer) {}

    /**
     * No topic yet.
     *
     * @param standard the topic of routes that have none of their own
     * @param opener opens a topic by its name
     * @param threads starts the thread of a topic
     * @param writers makes the writer of a topic
     */
    DeadLetterTopics(
            String standard,
            Function<String, DeadLetterTopic> opener,
            Function<String, ScheduledExecutorService> threads,
            BiFunction<DeadLetterTopic, ScheduledExecutorService, DeadLetterWriter> writers) {
        this.standard = standard;
        this.opener = opener;
        this.threads = threads;
        this.writers = writers;
    }

    /**
     * These topics may be written from now on. Whether they can be is checked at once, and then periodically. Others are left when their
     * last letter is written.
     *
     * @param names empty stands for the standard one
     */
    public void expect(Collection<Optional<String>> names) {
        expected = names.stream().map(name -> name.orElse(standard)).collect(Collectors.toUnmodifiableSet());
        expected.forEach(this::opened);
    }

    /**
     * Enqueues a dead letter. Returns at once.
     *
     * @param name where it goes; to the standard topic without
     * @param parts which parts of the record failed; without them it failed as a whole
     */
    public void write(Optional<String> name, RecordInFlight record, Rejection rejection, @Nullable FailedParts parts) {
        opened(name.orElse(standard)).writer().write(record, rejection, parts);
    }

    /** Whether it is pointless to wait for dead letters now: there are none, or none that can be written. */
    public boolean isIdle() {
        return topics.values().stream().allMatch(topic -> topic.writer().isIdle());
    }

    /** The source partitions with dead letters that cannot be written, and why; empty if there are none. */
    public Map<SourcePartition, String> trouble() {
        Map<SourcePartition, String> all = new HashMap<>();
        topics.values().forEach(topic -> topic.writer().trouble().forEach(all::putIfAbsent));
        return all;
    }

    /** Where the oldest record of each partition is whose dead letter is being written. */
    public Map<SourcePartition, Whereabouts> oldest() {
        Map<SourcePartition, Whereabouts> all = new HashMap<>();
        topics.values()
                .forEach(topic -> topic.writer()
                        .oldest()
                        .forEach((partition, where) -> all.merge(partition, where, Whereabouts::older)));
        return all;
    }

    /** The topics in use, by name. Callable from any thread. */
    public List<DeadLetterStatus> status() {
        return topics.entrySet().stream()
                .filter(topic -> isUsed(topic.getValue()))
                .sorted(Map.Entry.comparingByKey())
                .map(topic -> topic.getValue().writer().status())
                .toList();
    }

    private boolean isUsed(Opened topic) {
        return expected.contains(topic.topic().name()) || !topic.writer().isDone();
    }

    private Opened opened(String name) {
        return topics.computeIfAbsent(name, this::open);
    }

    private Opened open(String name) {
        DeadLetterTopic topic = opener.apply(name);
        ScheduledExecutorService thread = threads.apply(name);
        Opened opened = new Opened(topic, thread, writers.apply(topic, thread));
        thread.execute(() -> examine(opened));
        return opened;
    }

    private void examine(Opened opened) {
        boolean writable = opened.topic().examine();
        again(opened, writable ? EXAMINE_EVERY : EXAMINE_AGAIN);
    }

    /** One that is not used any more needs not exist any more. */
    private void examineIfUsed(Opened opened) {
        if (isUsed(opened)) {
            examine(opened);
        } else {
            again(opened, EXAMINE_AGAIN);
        }
    }

    private void again(Opened opened, Duration pause) {
        try {
            Future<?> unused =
                    opened.thread().schedule(() -> examineIfUsed(opened), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            opened.topic().close();
        }
    }

    @Override
    public void close() {
        topics.values().forEach(topic -> {
            topic.thread().shutdownNow();
            topic.topic().close();
        });
    }
}
