package io.iotdarelay.delivery;

import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs a request that its end is remembered, the time of its end included. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
public class RecentBenchmark {

    private static final int MOST = 1 << 20;
    private static final Verdict ACCEPTED = new Verdict.Accepted();

    /** How many devices there are; those of a run come one after the other. */
    @Param({"2000", "100000"})
    public int devices;

    private final DeviceId[] ids =
            IntStream.range(0, MOST).mapToObj(i -> new DeviceId("device-" + i)).toArray(DeviceId[]::new);
    private final RecentByDevice<LastRequest> recent = new RecentByDevice<>(32_768);
    private int next;

    /** A request that was accepted has ended. */
    @Benchmark
    public void ended() {
        DeviceId device = ids[next++ % devices & (MOST - 1)];
        recent.put(
                device,
                LastRequest.of(
                        RequestKind.REPORT, Instant.ofEpochSecond(0, System.nanoTime()), ACCEPTED, recent.get(device)));
    }
}
