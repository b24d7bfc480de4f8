package io.iotdarelay.settle;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to bring outcomes back into the order of their partition: for the offsets to commit, and for the dead-letter budget.
 * Records begin in order, and end in a random order among so many that are in flight.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
public class OrderBenchmark {

    private static final int RECORDS = 20_000;
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final SourcePartition PARTITION = new SourcePartition("telemetry", 0);

    /** How many are in flight. */
    @Param({"256", "20000"})
    public int inFlight;

    private final Assignment assignment = new TestAssignment();
    private final List<RecordInFlight> records = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();
    private final Ended delivered = new Ended(new Origin.Device(new DeviceId("device")), PARTITION, Optional.empty());

    /** Makes the records, and the order in which they end. */
    @Setup
    public void prepare() {
        Random random = new Random(7);
        for (int i = 0; i < RECORDS; i++) {
            records.add(TestTelemetry.inFlight(assignment, i));
            ends.add(i);
        }
        for (int from = 0; from < RECORDS; from += inFlight) {
            Collections.shuffle(ends.subList(from, Math.min(RECORDS, from + inFlight)), random);
        }
    }

    /** The offsets to commit. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public long offsets() {
        OffsetTracker tracker = new OffsetTracker();
        for (int from = 0; from < RECORDS; from += inFlight) {
            int to = Math.min(RECORDS, from + inFlight);
            for (int i = from; i < to; i++) {
                tracker.begin(i, i, 0, NOW);
            }
            for (int i = from; i < to; i++) {
                tracker.finish(ends.get(i));
            }
        }
        return tracker.committable().orElseThrow();
    }

    /** The outcomes for the budget. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public int outcomes() {
        OutcomeOrder order = new OutcomeOrder(RECORDS);
        int[] counted = new int[1];
        for (int from = 0; from < RECORDS; from += inFlight) {
            int to = Math.min(RECORDS, from + inFlight);
            for (int i = from; i < to; i++) {
                order.begin(records.get(i));
            }
            for (int i = from; i < to; i++) {
                order.end(records.get(ends.get(i)), delivered, ended -> counted[0]++);
            }
        }
        return counted[0];
    }
}
