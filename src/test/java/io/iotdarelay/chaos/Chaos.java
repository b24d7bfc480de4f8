package io.iotdarelay.chaos;

import io.iotdarelay.testing.RelayProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One run: disturbs a world as its seed determines, then waits until it is quiet and reads the ledger. */
final class Chaos {

    private static final Duration PEACE_BEFORE = Duration.ofSeconds(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration GIVE_UP = Duration.ofSeconds(45);
    private static final Duration SETTLE_WITHIN = Duration.ofSeconds(60);
    private static final long LEAST_MILLIS = 1500;
    private static final int SPAN_MILLIS = 3000;
    private static final int TWO_AT_ONCE_ONE_IN = 4;

    /** Recovery that takes longer counts as too late. */
    static final Duration RECOVER_WITHIN = Duration.ofSeconds(15);

    /**
     * The same where the relay may wait for 30 s by design: for a probe after an answer that only a wrong configuration explains, and
     * for the backoff of a device that failed while others did not.
     */
    private static final Duration RECOVER_LATE_WITHIN = Duration.ofSeconds(35);

    private static final Set<Disturbance> RECOVERED_LATE = EnumSet.of(
            Disturbance.MAINTENANCE_PAGE,
            Disturbance.IOTDA_RESETS_AFTER_PROCESSING,
            Disturbance.DEVICE_NOT_FOUND,
            Disturbance.A_DOZEN_DEVICES_FAIL,
            Disturbance.A_DOZEN_DEVICES_SILENT);

    private final long seed;
    private final Duration duration;
    private final Random dice;
    private final Deque<Disturbance> bag = new ArrayDeque<>();
    private final List<Incident> incidents = new ArrayList<>();

    Chaos(long seed, Duration duration) {
        this.seed = seed;
        this.duration = duration;
        this.dice = new Random(seed);
    }

    /** Disturbs, and returns the findings. */
    ChaosReport run(boolean watchesMemory) throws IOException, InterruptedException {
        try (World world = new World(dice, watchesMemory);
                ProgressWatch watch = new ProgressWatch(world.kafka())) {
            world.scaleTo(2);
            world.traffic().flow();
            awaitPeace(watch);
            Instant start = Instant.now();
            while (Instant.now().isBefore(start.plus(duration))) {
                incidents.add(disturb(world, watch));
                System.out.println("chaos: " + incidents.getLast().describe(start));
                if (watchesMemory) {
                    world.running().getFirst().tell("memory");
                }
            }
            world.traffic().stop();
            watch.look();
            boolean settled = isSettled(watch, watch.ends(), SETTLE_WITHIN)
                    && world.kafka().lag(World.TOPIC, World.GAPS) == 0;
            keepLogs(world);
            return ChaosReport.of(seed, start, world, incidents, watch, settled, watchesMemory);
        }
    }

    /** Where a run leaves what it found. */
    static Path directory(long seed) throws IOException {
        return Files.createDirectories(Path.of("target", "chaos", "seed-" + seed));
    }

    private void keepLogs(World world) throws IOException {
        int number = 0;
        for (RelayProcess relay : world.everyRelay()) {
            Files.write(directory(seed).resolve("relay-" + number++ + ".log"), relay.output());
        }
    }

    private static void awaitPeace(ProgressWatch watch) throws InterruptedException {
        watchFor(PEACE_BEFORE, watch);
        if (!isSettled(watch, watch.ends(), SETTLE_WITHIN)) {
            throw new IllegalStateException("nothing was settled before the first disturbance");
        }
    }

    private Incident disturb(World world, ProgressWatch watch) throws InterruptedException {
        Set<Disturbance> drawn = EnumSet.of(draw(world));
        if (dice.nextInt(TWO_AT_ONCE_ONE_IN) == 0) {
            drawn.add(draw(world));
        }
        Instant beganAt = Instant.now();
        List<Runnable> ends = new ArrayList<>();
        for (Disturbance disturbance : drawn) {
            if (disturbance.isPossible(world)) {
                ends.add(disturbance.begin(world, dice));
            }
        }
        watchFor(Duration.ofMillis(LEAST_MILLIS + dice.nextInt(SPAN_MILLIS)), watch);
        ends.reversed().forEach(Runnable::run);
        Instant endedAt = Instant.now();
        watch.forgive();
        watch.look();
        boolean recovered = isSettled(watch, watch.ends(), GIVE_UP);
        Instant recoveredAt = Instant.now();
        Duration bound = Collections.disjoint(drawn, RECOVERED_LATE) ? RECOVER_WITHIN : RECOVER_LATE_WITHIN;
        return new Incident(
                List.copyOf(drawn),
                beganAt,
                endedAt,
                recoveredAt,
                recovered && Duration.between(endedAt, recoveredAt).compareTo(bound) <= 0);
    }

    /** Out of a bag, so that everything happens before anything happens twice. */
    private Disturbance draw(World world) {
        while (true) {
            if (bag.isEmpty()) {
                List<Disturbance> all = new ArrayList<>(List.of(Disturbance.values()));
                Collections.shuffle(all, dice);
                bag.addAll(all);
            }
            Disturbance next = bag.remove();
            if (next.isPossible(world)) {
                return next;
            }
        }
    }

    private static boolean isSettled(ProgressWatch watch, Map<Integer, Long> marks, Duration within)
            throws InterruptedException {
        Instant giveUp = Instant.now().plus(within);
        while (!watch.hasCommitted(marks)) {
            if (Instant.now().isAfter(giveUp)) {
                return false;
            }
            watchFor(LOOK_EVERY, watch);
        }
        return true;
    }

    private static void watchFor(Duration duration, ProgressWatch watch) throws InterruptedException {
        Instant until = Instant.now().plus(duration);
        while (Instant.now().isBefore(until)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Math.min(
                    LOOK_EVERY.toMillis(),
                    Math.max(1, Duration.between(Instant.now(), until).toMillis()))));
            watch.look();
        }
    }
}
