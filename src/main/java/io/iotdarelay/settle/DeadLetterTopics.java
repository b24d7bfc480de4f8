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
import java.util.function.Function;
import java.util.function.Predicate;
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
    private final Writers writers;
    private final Map<String, Opened> topics = new ConcurrentHashMap<>();
    private volatile Expected expected = new Expected(Set.of(), anySource -> Optional.empty());

    /** Makes the writer of a topic. */
    @FunctionalInterface
    interface Writers {

        /**
         * A writer without letters.
         *
         * @param thread for the topic alone
         * @param handedOn hands a letter to the writer of another topic if it belongs there now, and tells whether it did
         */
        DeadLetterWriter of(DeadLetterTopic topic, ScheduledExecutorService thread, Predicate<DeadLetter> handedOn);
    }

    /**
     * Where dead letters go.
     *
     * @param names of all topics that may be written
     * @param bySource the topic of the records of a source topic; empty stands for the standard one
     */
    private record Expected(Set<String> names, Function<String, Optional<String>> bySource) {}

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
            Writers writers) {
        this.standard = standard;
        this.opener = opener;
        this.threads = threads;
        this.writers = writers;
    }

    /**
     * These topics may be written from now on. Whether they can be is checked at once, and then periodically. Letters that others could not
     * take go where those of their source topic go now, with their next attempt; others are left when their last letter has gone.
     *
     * @param names empty stands for the standard one
     * @param bySource which of them is that of a source topic
     */
    public void expect(Collection<Optional<String>> names, Function<String, Optional<String>> bySource) {
        Set<String> all = names.stream().map(name -> name.orElse(standard)).collect(Collectors.toUnmodifiableSet());
        expected = new Expected(all, bySource);
        all.forEach(this::opened);
    }

    /**
     * Enqueues a dead letter for the topic of its source topic. Returns at once.
     *
     * @param parts which parts of the record failed; without them it failed as a whole
     */
    public void write(RecordInFlight record, Rejection rejection, @Nullable FailedParts parts) {
        opened(topicOf(record)).writer().write(record, rejection, parts);
    }

    private String topicOf(RecordInFlight record) {
        return expected.bySource().apply(record.record().position().topic()).orElse(standard);
    }

    /** On the thread of the topic where the letter was until now. It is with both for a moment, so that it is never with none. */
    private boolean handedOn(String from, DeadLetter letter) {
        String to = topicOf(letter.record());
        if (to.equals(from)) {
            return false;
        }
        opened(to).writer().accept(letter.afresh());
        return true;
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
        return expected.names().contains(topic.topic().name())
                || !topic.writer().isDone();
    }

    private Opened opened(String name) {
        return topics.computeIfAbsent(name, this::open);
    }

    private Opened open(String name) {
        DeadLetterTopic topic = opener.apply(name);
        ScheduledExecutorService thread = threads.apply(name);
        Opened opened = new Opened(topic, thread, writers.of(topic, thread, letter -> handedOn(name, letter)));
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
