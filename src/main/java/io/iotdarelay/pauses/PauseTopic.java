package io.iotdarelay.pauses;

import io.iotdarelay.kafka.CompactedTopic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads pauses. Belongs to the reading thread; any thread may ask for the status, and withdraw a pause. */
final class PauseTopic implements CompactedTopic.Reader {

    private static final Logger log = LoggerFactory.getLogger(PauseTopic.class);

    /** What is over is deleted so much later: no clock is so wrong, and nobody orders the same pause in the same moment. */
    static final Duration FORGET_AFTER = Duration.ofHours(1);

    private static final Duration SWEEP = Duration.ofMinutes(1);

    private final String topic;
    private final PausesInForce pauses;
    private final BooleanSupplier reachable;
    private final InstantSource wall;
    private final Consumer<OperatorPause> forget;
    private final Map<PauseTarget, OperatorPause> read = new HashMap<>();
    private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
    private List<OperatorPause> told = List.of();
    private Instant sweepAt = Instant.MIN;
    private boolean loaded;
    private volatile boolean current;
    private volatile Optional<String> trouble = Optional.empty();

    /**
     * A topic of which nothing was read.
     *
     * @param reachable whether Kafka could be reached when it was tried last
     * @param forget deletes the record of a pause that is over
     */
    PauseTopic(
            String topic,
            PausesInForce pauses,
            BooleanSupplier reachable,
            InstantSource wall,
            Consumer<OperatorPause> forget) {
        this.topic = topic;
        this.pauses = pauses;
        this.reachable = reachable;
        this.wall = wall;
        this.forget = forget;
    }

    /** Why what is known may not be all, if so. */
    Optional<String> trouble() {
        return trouble.or(() -> current ? Optional.empty() : Optional.of("the topic " + topic + " is being read"));
    }

    /** This pause could not be stored as a whole: if its record exists all the same, it does not count. */
    void withdraw(String id) {
        withdrawn.add(id);
    }

    @Override
    public boolean wantsAllAgain() {
        return true;
    }

    @Override
    public boolean isLoaded() {
        return loaded;
    }

    @Override
    public void begins() {
        current = false;
        read.clear();
    }

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key();
        if (!PauseFormat.isPause(key)) {
            return;
        }
        Optional<PauseTarget> target = PauseFormat.target(key);
        if (target.isEmpty()) {
            ignored(record);
        } else if (record.value() == null) {
            read.remove(target.get());
        } else {
            Optional<OperatorPause> pause = PauseFormat.pause(target.get(), record.value());
            if (pause.isEmpty()) {
                ignored(record);
            } else if (!withdrawn.contains(pause.get().id())) {
                read.put(target.get(), pause.get());
            }
        }
    }

    private void ignored(ConsumerRecord<byte[], byte[]> record) {
        log.atWarn()
                .addKeyValue("topic", topic)
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .log("A record cannot be read as a pause, and is ignored");
    }

    @Override
    public void polled(boolean changed, boolean reached) {
        if (reached && !current) {
            current = true;
            loaded = true;
            trouble = Optional.empty();
            pauses.become(read);
        } else if (current && changed) {
            pauses.become(read);
        }
        if (current) {
            sweep();
        }
        tell();
    }

    private void sweep() {
        Instant now = wall.instant();
        if (now.isBefore(sweepAt)) {
            return;
        }
        sweepAt = now.plus(SWEEP);
        read.values().stream()
                .filter(pause -> pause.isOver(now.minus(FORGET_AFTER)))
                .toList()
                .forEach(forget);
    }

    /** Logs each beginning and end once. */
    private void tell() {
        List<OperatorPause> now = pauses.list();
        if (now.equals(told)) {
            return;
        }
        now.stream()
                .filter(pause -> !told.contains(pause))
                .forEach(pause -> log.atInfo()
                        .addKeyValue("target", pause.target().describe())
                        .addKeyValue("by", pause.by())
                        .addKeyValue("since", pause.since())
                        .addKeyValue(
                                "until", pause.until().map(Instant::toString).orElse("it is resumed"))
                        .addKeyValue("reason", pause.reason())
                        .log("A pause is in force"));
        told.stream()
                .filter(pause -> !now.contains(pause))
                .forEach(pause -> log.atInfo()
                        .addKeyValue("target", pause.target().describe())
                        .addKeyValue("since", pause.since())
                        .addKeyValue("how", pause.isOver(wall.instant()) ? "by itself" : "resumed or replaced")
                        .log("A pause has ended"));
        told = now;
    }

    @Override
    public void trouble(String why) {
        current = false;
        boolean known = reachable.getAsBoolean();
        if (known) {
            pauses.doNotWait();
        }
        if (!trouble.equals(Optional.of(why))) {
            trouble = Optional.of(why);
            // That Kafka cannot be reached is reported by who reads telemetry, and that the topic is missing is normal
            // until the first pause.
            (known && loaded ? log.atWarn() : log.atDebug())
                    .addKeyValue("topic", topic)
                    .addKeyValue("reason", why)
                    .log("Pauses cannot be read; those that are known stay in force");
        }
        tell();
    }
}
