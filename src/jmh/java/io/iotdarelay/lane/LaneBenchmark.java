package io.iotdarelay.lane;

import io.iotdarelay.iotda.RequestPacking;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

/** What it costs to queue reports in a device's lane, and to take them as batches that share a request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
public class LaneBenchmark {

    private static final int REPORTS = 1_000;
    private static final DeviceId DEVICE = new DeviceId("device");

    /** How many wait before a batch is taken. */
    @Param({"1", "10", "1000"})
    public int waiting;

    private final Packing packing = new RequestPacking(65_536, 50);
    private final Assignment assignment = new TestAssignment();
    private final List<LaneEntry> entries = new ArrayList<>();

    /** Makes the reports. */
    @Setup
    public void prepare() {
        Json json = new Json("{\"service_id\":\"S\",\"properties\":{\"n\":1,\"temperature\":21.5}}"
                .getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < REPORTS; i++) {
            entries.add(new LaneEntry(TestTelemetry.inFlight(assignment, i), new Report.Properties(DEVICE, json)));
        }
    }

    /** Each report goes through the lane once. */
    @Benchmark
    @OperationsPerInvocation(REPORTS)
    public int reports() {
        Lane lane = new Lane(DEVICE);
        int taken = 0;
        for (int from = 0; from < REPORTS; from += waiting) {
            for (int i = from; i < Math.min(REPORTS, from + waiting); i++) {
                lane.add(entries.get(i));
            }
            for (Optional<Batch> batch = lane.take(packing); batch.isPresent(); batch = lane.take(packing)) {
                taken += batch.get().size();
            }
        }
        return taken;
    }
}
