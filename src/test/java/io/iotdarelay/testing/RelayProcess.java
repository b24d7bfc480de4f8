package io.iotdarelay.testing;

import static org.awaitility.Awaitility.await;

import io.iotdarelay.RelayApplication;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A relay in a process of its own, which can be stopped or killed. */
public final class RelayProcess implements AutoCloseable {

    private static final Duration LISTENS_WITHIN = Duration.ofSeconds(90);
    private static final Pattern PORT = Pattern.compile("Netty started on port (\\d+)");

    /** Starts fast and needs little: right for most tests. */
    public static final List<String> SMALL =
            List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final Thread reader;
    private final BufferedWriter input;

    private RelayProcess(Process process) {
        this.process = process;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.reader = Thread.ofVirtual().start(this::read);
    }

    /** Starts one on the same class path as this test's. */
    public static RelayProcess start(List<String> jvmArguments, String... arguments) {
        return start(RelayApplication.class, jvmArguments, arguments);
    }

    /** The same with another main class around the relay. */
    public static RelayProcess start(Class<?> main, List<String> jvmArguments, String... arguments) {
        return start(jvmArguments, List.of("-cp", System.getProperty("java.class.path"), main.getName()), arguments);
    }

    /** Starts the jar that is shipped. */
    public static RelayProcess startJar(Path jar, List<String> jvmArguments, String... arguments) {
        return start(jvmArguments, List.of("-jar", jar.toString()), arguments);
    }

    private static RelayProcess start(List<String> jvmArguments, List<String> program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(jvmArguments);
        command.addAll(program);
        command.addAll(List.of(arguments));
        command.add("--logging.level.org.springframework.boot.reactor.netty=info");
        try {
            return new RelayProcess(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a line to its standard input. */
    public void tell(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has printed so far. */
    public List<String> output() {
        return List.copyOf(output);
    }

    /** Its HTTP port, once it listens; 0 before. */
    public int port() {
        return output.stream()
                .map(PORT::matcher)
                .filter(Matcher::find)
                .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
                .findFirst()
                .orElse(0);
    }

    /** Waits until it listens, which takes long where much else runs, and gives its HTTP port. */
    public int awaitPort() {
        await("a relay that listens").atMost(LISTENS_WITHIN).until(() -> port() != 0 || !isAlive());
        if (port() == 0) {
            throw new IllegalStateException("a relay did not start:\n" + String.join("\n", output));
        }
        return port();
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Has it collect all garbage, and waits for the end of that. */
    public void collectGarbage() {
        try {
            Process command = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(process.pid()),
                            "GC.run")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            command.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends SIGTERM. */
    public void terminate() {
        // Process.destroy() would also close the output, and with it what the relay says while it stops.
        process.toHandle().destroy();
    }

    /** Sends SIGKILL, and waits until the process is gone. */
    public void kill() {
        process.destroyForcibly();
        exitCode(Duration.ofSeconds(10));
    }

    /** Waits for the end, and for the last line of output. */
    public int exitCode(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        "the relay has not ended within " + timeout + ":\n" + String.join("\n", output));
            }
            reader.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            output.add("(the output broke off: " + e.getMessage() + ")");
        }
    }
}
