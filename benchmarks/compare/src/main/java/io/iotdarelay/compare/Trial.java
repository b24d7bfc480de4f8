package io.iotdarelay.compare;

import io.iotdarelay.compare.Measurement.Latency;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One engine, started once, and measured between two moments of its run. */
final class Trial {

    private static final Duration LOOK_EVERY = Duration.ofMillis(25);
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    private static final Duration STARTED_WITHIN = Duration.ofMinutes(2);
    private static final Duration COMMITTED_WITHIN = Duration.ofSeconds(10);

    private final Stage stage;
    private final Engine engine;
    private final Scene scene;
    private final String topic;
    private final String group;
    private final int total;
    private final Sink sink;

    /**
     * A trial.
     *
     * @param total how many records there will be
     */
    Trial(Stage stage, Engine engine, Scene scene, String topic, String group, int total) {
        this.stage = stage;
        this.engine = engine;
        this.scene = scene;
        this.topic = topic;
        this.group = group;
        this.total = total;
        this.sink = stage.sink();
    }

    /** The state of everything at a moment. */
    private record Moment(Ledger ledger, long engine, long allocated, long collecting, long sink, long broker) {}

    /**
     * Runs it.
     *
     * @param from how many records are delivered at the first moment
     * @param until how many at the second
     * @param paced begins to send the records after the warm-up; null if all are in the topic
     * @param profile where a recording of the time between goes; null for none
     */
    Measurement run(int from, int until, @Nullable Runnable paced, @Nullable Path profile) {
        sink.reset(scene.latencyMillis());
        Path log = stage.directory().resolve(group + ".log");
        try (Pinned process =
                Pinned.java(stage.engineCore(), log, stage.jvm(), stage.command(engine, scene, topic, group))) {
            await(process, 1);
            try (Probe probe = new Probe(process.pid())) {
                await(process, scene.warmUp() / 2);
                record(profile, process.pid(), true);
                await(process, Math.min(from, scene.warmUp()));
                if (paced != null) {
                    paced.run();
                }
                await(process, from);
                Moment first = moment(process, probe);
                await(process, until);
                Moment second = moment(process, probe);
                record(profile, process.pid(), false);
                long peak = process.peakKibibytes() / 1024;
                String fault = rest(process);
                long uncommitted = engine.readsKafka() ? uncommitted() : 0;
                if (uncommitted > 0) {
                    fault += (fault.isEmpty() ? "" : ", ") + uncommitted + " not committed";
                }
                boolean ended = process.stop();
                return measurement(first, second, peak, uncommitted, ended ? fault : "did not stop", paced != null);
            }
        }
    }

    private void await(Pinned process, long records) {
        long best = 0;
        long since = System.nanoTime();
        long patience = (records > 1 ? PATIENCE : STARTED_WITHIN).toNanos();
        while (true) {
            long delivered = sink.count().distinct();
            if (delivered >= records) {
                return;
            }
            if (delivered > best) {
                best = delivered;
                since = System.nanoTime();
            }
            if (!process.isAlive() || System.nanoTime() - since > patience) {
                throw new StuckException(
                        engine.name() + " stands at " + delivered + " records:\n" + tail(process.output()));
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /** An engine does not get on. */
    static final class StuckException extends RuntimeException {
        StuckException(String message) {
            super(message);
        }
    }

    private static String tail(String output) {
        return output.substring(Math.max(0, output.length() - 3_000));
    }

    private Moment moment(Pinned process, Probe probe) {
        Ledger ledger = sink.ledger();
        return new Moment(
                ledger,
                process.cpuMicros(),
                probe.allocated(),
                probe.collecting(),
                sink.cpuMicros(),
                stage.broker().cpuMicros());
    }

    /** Waits for what remains, and says what is wrong with it. */
    private String rest(Pinned process) {
        List<String> faults = new ArrayList<>();
        try {
            await(process, total);
        } catch (StuckException e) {
            System.out.println(e.getMessage());
        }
        Ledger end = sink.count();
        if (end.distinct() != total || end.missing() > 0) {
            faults.add((total - end.distinct()) + " not delivered");
        }
        if (engine.keepsOrder() && end.unordered() > 0) {
            faults.add(end.unordered() + " out of order");
        }
        if (end.refused() + end.unreadable() > 0) {
            faults.add(end.refused() + " refused, " + end.unreadable() + " unreadable");
        }
        return String.join(", ", faults);
    }

    private long uncommitted() {
        long until = System.nanoTime() + COMMITTED_WITHIN.toNanos();
        long left;
        do {
            left = stage.broker().uncommitted(group, topic);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        } while (left > 0 && System.nanoTime() < until);
        return left;
    }

    private Measurement measurement(
            Moment first, Moment second, long peak, long uncommitted, String fault, boolean isPaced) {
        Ledger before = first.ledger();
        Ledger after = second.ledger();
        double seconds = (after.micros() - before.micros()) / 1e6;
        double records = after.records() - before.records();
        double requests = after.requests() - before.requests();
        long others = second.sink() - first.sink() + second.broker() - first.broker();
        Ledger end = sink.count();
        return new Measurement(
                fault,
                seconds,
                records / seconds,
                requests / seconds,
                (second.engine() - first.engine()) / records,
                (second.allocated() - first.allocated()) / records,
                second.collecting() - first.collecting(),
                peak,
                others / 1e6 / seconds,
                (second.sink() - first.sink()) / requests,
                end.unordered(),
                end.duplicates(),
                uncommitted,
                null,
                isPaced ? Latency.between(before.seen(), after.seen()) : null,
                isPaced ? Latency.between(before.answered(), after.answered()) : null);
    }

    /** Starts or ends a recording: samples of methods every 10 ms, of CPU time, and of allocations. */
    private static void record(@Nullable Path profile, long pid, boolean begins) {
        if (profile == null) {
            return;
        }
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid)));
        command.addAll(
                begins
                        ? List.of(
                                "JFR.start",
                                "name=compare",
                                "settings=profile",
                                "jdk.ExecutionSample#period=10ms",
                                "jdk.CPUTimeSample#enabled=true",
                                "jdk.CPUTimeSample#throttle=10ms",
                                "jdk.ObjectAllocationSample#throttle=1000/s")
                        : List.of("JFR.stop", "name=compare", "filename=" + profile.toAbsolutePath()));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                System.err.println(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
