package io.iotdarelay.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A relay in a container: the image as it is shipped, with as little around it as Kubernetes allows. */
public final class RelayContainer implements AutoCloseable {

    /** What a hardened cluster does to a container. No directory is writable. */
    public static final List<String> HARDENED = List.of(
            "--read-only",
            "--cap-drop",
            "ALL",
            "--security-opt",
            "no-new-privileges",
            "--memory",
            "512m",
            "--cpus",
            "1");

    private static final String PORT = "--server.port=";

    private final String id;
    private final int port;

    private RelayContainer(String id, int port) {
        this.id = id;
        this.port = port;
    }

    /** Starts one on the host's network; {@code options} are Docker's. */
    public static RelayContainer start(String image, Relays relays, List<String> options) {
        return start(image, relays.directory(), options, Arrays.asList(relays.arguments()));
    }

    /** Starts one that may read {@code directory}; the last word about its port is ours. */
    public static RelayContainer start(String image, Path directory, List<String> options, List<String> arguments) {
        int port = Ports.free();
        Path files = readableForAll(directory);
        List<String> command = new ArrayList<>(List.of("run", "--detach", "--network", "host"));
        command.addAll(HARDENED);
        command.addAll(options);
        command.addAll(List.of("--volume", files + ":" + files + ":ro", image));
        arguments.stream().filter(argument -> !argument.startsWith(PORT)).forEach(command::add);
        command.add(PORT + port);
        return new RelayContainer(docker(command.toArray(String[]::new)), port);
    }

    /** Runs Docker, and gives what it prints; fails where Docker does. */
    public static String docker(String... arguments) {
        Tool.Output output = Tool.DOCKER.run(arguments);
        output.assertSuccess();
        return output.text().strip();
    }

    public int port() {
        return port;
    }

    public Actuator actuator() {
        return Actuator.at(port);
    }

    /** What it has printed so far. */
    public String output() {
        return docker("logs", id);
    }

    /** Something about it, by Docker's template. */
    public String inspect(String template) {
        return docker("inspect", "--format", template, id);
    }

    public boolean isRunning() {
        return inspect("{{.State.Running}}").equals("true");
    }

    public ProcessHandle handle() {
        return ProcessHandle.of(Long.parseLong(inspect("{{.State.Pid}}"))).orElseThrow();
    }

    /** SIGTERM, and SIGKILL after the grace period, as Kubernetes does. Its exit code. */
    public int stop(Duration gracePeriod) {
        docker("stop", "-t", Long.toString(gracePeriod.toSeconds()), id);
        return exitCode();
    }

    /** Waits until it has ended by itself. */
    public int exitCode() {
        return Integer.parseInt(docker("wait", id));
    }

    private static Path readableForAll(Path directory) {
        try (var files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.setPosixFilePermissions(
                        file, PosixFilePermissions.fromString(Files.isDirectory(file) ? "rwxr-xr-x" : "rw-r--r--"));
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        docker("rm", "--force", id);
    }
}
