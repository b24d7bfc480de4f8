package io.iotdarelay.pauses;

import io.iotdarelay.telemetry.SourcePartition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pauses that this instance knows. The thread that reads the topic changes them as a whole; any thread may ask. The poll thread asks
 * about each partition in each of its turns.
 */
public final class PausesInForce {

    private static final Logger log = LoggerFactory.getLogger(PausesInForce.class);

    private static final Comparator<OperatorPause> OLDEST_FIRST = Comparator.comparing(OperatorPause::since)
            .thenComparing(pause -> pause.target().code());

    /** For how long nothing is read after the group was joined, if it is not known yet what is paused. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    /** Why a partition must not be read. */
    public sealed interface Hold {

        /** Operators have paused it. */
        record Ordered(String why) implements Hold {}

        /** It is not known yet whether they have. */
        record NotKnown() implements Hold {}
    }

    private final InstantSource wall;
    private final InstantSource steady;
    private final AtomicLong turns = new AtomicLong();
    private volatile Map<PauseTarget, OperatorPause> known = Map.of();
    private volatile boolean settled;

    /** When the poll thread asked first; its own. */
    private @Nullable Instant askedAt;

    /**
     * Nothing is known.
     *
     * @param wall by which pauses end
     * @param steady by which the start waits
     */
    public PausesInForce(InstantSource wall, InstantSource steady) {
        this.wall = wall;
        this.steady = steady;
    }

    /** Those that are in force now, oldest first. */
    public List<OperatorPause> list() {
        Instant now = wall.instant();
        return known.values().stream()
                .filter(pause -> !pause.isOver(now))
                .sorted(OLDEST_FIRST)
                .toList();
    }

    /** The age of the oldest one; zero if there is none. */
    public Duration oldest() {
        List<OperatorPause> all = list();
        Duration age =
                all.isEmpty() ? Duration.ZERO : Duration.between(all.getFirst().since(), wall.instant());
        return age.isNegative() ? Duration.ZERO : age;
    }

    /**
     * Why a partition must not be read, if so. Poll thread only.
     *
     * @param isReadBy whether a route reads its topic
     */
    public Optional<Hold> of(SourcePartition partition, Predicate<String> isReadBy) {
        if (!settled && isWorthWaiting()) {
            return Optional.of(new Hold.NotKnown());
        }
        Map<PauseTarget, OperatorPause> all = known;
        if (all.isEmpty()) {
            return Optional.empty();
        }
        Instant now = wall.instant();
        // Asked for each partition in each turn: what does not concern it costs next to nothing.
        String why = all.values().stream()
                .filter(pause -> concerns(pause.target(), partition, isReadBy) && !pause.isOver(now))
                .sorted(OLDEST_FIRST)
                .map(OperatorPause::describe)
                .collect(Collectors.joining("; "));
        return why.isEmpty() ? Optional.empty() : Optional.of(new Hold.Ordered(why));
    }

    /** Whether what is paused includes a partition. */
    public static boolean concerns(PauseTarget target, SourcePartition partition, Predicate<String> isReadBy) {
        return switch (target) {
            case PauseTarget.Everything everything -> true;
            case PauseTarget.OfRoute route -> isReadBy.test(route.route());
            case PauseTarget.OfPartition one ->
                one.partition() == partition.partition() && one.topic().equals(partition.topic());
        };
    }

    private boolean isWorthWaiting() {
        Instant now = steady.instant();
        if (askedAt == null) {
            askedAt = now;
        }
        if (now.isBefore(askedAt.plus(LONGEST_WAIT))) {
            return true;
        }
        settled = true;
        log.atWarn()
                .addKeyValue("waited", LONGEST_WAIT)
                .log("It could not be read in time what operators have paused; everything is read until it can");
        return false;
    }

    /** The poll thread begins another turn: what it was told in the one before is done. Poll thread only. */
    public void turned() {
        turns.incrementAndGet();
    }

    long turns() {
        return turns.get();
    }

    Optional<OperatorPause> get(PauseTarget target) {
        return Optional.ofNullable(known.get(target)).filter(pause -> !pause.isOver(wall.instant()));
    }

    /** What was read last about a target, whether it is over or not. */
    Optional<OperatorPause> read(PauseTarget target) {
        return Optional.ofNullable(known.get(target));
    }

    /** Everything that was read, what is over included. */
    void become(Map<PauseTarget, OperatorPause> now) {
        known = Map.copyOf(new HashMap<>(now));
        settled = true;
    }

    /** There is nothing to wait for. */
    void doNotWait() {
        settled = true;
    }
}
