package io.iotdarelay.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process on one core, and what the kernel knows of it. */
final class Pinned implements AutoCloseable {

    private static final long TICK_MICROS = 10_000;
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final int SECONDS_TO_STOP = 40;

    private final Process process;
    private final Path log;

    private Pinned(Process process, Path log) {
        this.process = process;
        this.log = log;
        // Nothing is left behind when the run is interrupted.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /** Moves this process, with all its threads and those to come, to a core. */
    static void self(int core) {
        String pid = Long.toString(ProcessHandle.current().pid());
        try {
            Process moving = new ProcessBuilder("taskset", "-a", "-p", "-c", Integer.toString(core), pid)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (moving.waitFor() != 0) {
                throw new IllegalStateException("there is no core " + core);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts one, with its output in a file. */
    static Pinned start(int core, Path log, List<String> command) {
        List<String> all = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        all.addAll(command);
        try {
            return new Pinned(
                    new ProcessBuilder(all)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start(),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A JVM of the same kind as this one. */
    static Pinned java(int core, Path log, List<String> jvm, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(arguments);
        return start(core, log, command);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Its CPU time so far, by user and kernel, with a resolution of 10 ms. */
    long cpuMicros() {
        String stat = read("stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * TICK_MICROS;
    }

    /** Its resident memory at its peak. */
    long peakKibibytes() {
        return read("status")
                .lines()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    /** What it printed. */
    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String read(String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
        } catch (IOException e) {
            throw new UncheckedIOException("the process has ended: " + output(), e);
        }
    }

    /** What it printed before it ended by itself. */
    String result() {
        try {
            if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                throw new IllegalStateException("does not end: " + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return output().lines().reduce("", (before, line) -> line);
    }

    /** Asks it to stop, and waits; says whether it did. */
    boolean stop() {
        process.destroy();
        try {
            if (process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        return false;
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
    }
}
