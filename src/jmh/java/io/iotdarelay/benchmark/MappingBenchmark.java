package io.iotdarelay.benchmark;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From a record's bytes to the bytes of a request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {
            "-Xms512m",
            "-Xmx512m",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dlogback.configurationFile=src/jcstress/resources/silence.xml"
        })
@Warmup(iterations = 60)
@Measurement(iterations = 60)
public class MappingBenchmark {

    /** What is measured. */
    @Param
    public Case measured = Case.JSON;

    private Callable<byte[]> mapping = () -> new byte[0];

    /** Compiles the route. */
    @Setup
    public void compile() {
        mapping = measured.prepared();
    }

    /** The relay's work for one record. */
    @Benchmark
    public byte[] body() throws Exception {
        return mapping.call();
    }
}
