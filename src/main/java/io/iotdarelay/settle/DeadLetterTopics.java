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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes dead letters to the topics of their routes. Each topic has a writer and a thread of its own, so that one that cannot be written
 * holds up no other, as long as there is room in the producer's buffer, which they share.
 */
public final class DeadLetterTopics implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterTopics.class);

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
     * take go where those of their source topic go now, with their next attempt. Other topics are closed when their last letter has gone.
     *
     * @param names empty stands for the standard one
     * @param bySource which of them is that of a source topic
     */
    public void expect(Collection<Optional<String>> names, Function<String, Optional<String>> bySource) {
        Set<String> all = names.stream().map(name -> name.orElse(standard)).collect(Collectors.toUnmodifiableSet());
        expected = new Expected(all, bySource);
        all.forEach(name -> with(name, ignored -> {}));
        topics.values().stream().filter(topic -> !isUsed(topic)).forEach(this::leave);
    }

    /**
     * Enqueues a dead letter for the topic of its source topic. Returns at once.
     *
     * @param parts which parts of the record failed; without them it failed as a whole
     */
    public void write(RecordInFlight record, Rejection rejection, @Nullable FailedParts parts) {
        with(topicOf(record), topic -> topic.writer().write(record, rejection, parts));
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
        with(to, topic -> topic.writer().accept(letter.afresh()));
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

    /** Opens a topic if it is not, and does this with it before it can be closed. */
    private void with(String name, Consumer<Opened> what) {
        topics.compute(name, (key, present) -> {
            Opened opened = present == null ? open(key) : present;
            what.accept(opened);
            return opened;
        });
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

    private void examineIfUsed(Opened opened) {
        if (!closeIfUnused(opened)) {
            examine(opened);
        }
    }

    private void leave(Opened opened) {
        try {
            opened.thread().execute(() -> closeIfUnused(opened));
        } catch (RejectedExecutionException e) {
            log.atDebug().addKeyValue("topic", opened.topic().name()).log("The topic is closed already");
        }
    }

    /** Whoever writes to it later opens it anew. On its thread, which ends with this. */
    private boolean closeIfUnused(Opened opened) {
        String name = opened.topic().name();
        if (topics.computeIfPresent(name, (key, present) -> isUsed(present) ? present : null) != null) {
            return false;
        }
        opened.topic().close();
        opened.thread().shutdownNow();
        return true;
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
