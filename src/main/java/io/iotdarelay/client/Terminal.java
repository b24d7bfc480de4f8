package io.iotdarelay.client;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where a verb runs.
 *
 * @param in lines that a person types
 * @param out answers
 * @param err progress, questions and complaints
 * @param isInteractive whether a person types and looks on
 * @param columns how wide the terminal is; asked only if it is one
 * @param environment variables; null if there is none of a name
 */
public record Terminal(
        BufferedReader in,
        PrintWriter out,
        PrintWriter err,
        boolean isInteractive,
        IntSupplier columns,
        UnaryOperator<@Nullable String> environment,
        InstantSource clock,
        LongSupplier nanoTime,
        Waiting waiting) {

    /** Where no verb runs: to describe the verbs. */
    static Terminal nowhere() {
        return new Terminal(
                new BufferedReader(new java.io.InputStreamReader(
                        InputStream.nullInputStream(), java.nio.charset.StandardCharsets.UTF_8)),
                new PrintWriter(PrintWriter.nullWriter()),
                new PrintWriter(PrintWriter.nullWriter()),
                false,
                () -> 0,
                name -> null,
                () -> java.time.Instant.EPOCH,
                () -> 0,
                new Waiting() {
                    @Override
                    public void rest(Duration time) {
                        // nothing runs
                    }

                    @Override
                    public Watch onInterrupt(Runnable farewell) {
                        return () -> {};
                    }
                });
    }

    /** A variable; null if it does not exist or is empty. */
    @Nullable
    String variable(String name) {
        String value = environment.apply(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /** What long work needs of the process. */
    public interface Waiting {

        /** Waits. */
        void rest(Duration time);

        /** Says farewell if the process is interrupted before the watch is closed. */
        Watch onInterrupt(Runnable farewell);
    }

    /** Until it is closed. */
    public interface Watch extends AutoCloseable {

        @Override
        void close();
    }
}
