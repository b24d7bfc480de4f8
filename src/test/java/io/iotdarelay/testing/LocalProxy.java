package io.iotdarelay.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/** A real proxy on this machine's loopback address, in a process of its own. It can stop and come back on its port. */
public final class LocalProxy implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long PATIENCE_SECONDS = 10;

    /** Which program it is. */
    public enum Kind {
        /** Takes HTTP's CONNECT. */
        HTTP,

        SOCKS5;

        private Tool tool() {
            return this == HTTP ? Tool.TINYPROXY : Tool.MICROSOCKS;
        }
    }

    private record Login(String username, String password) {}

    private final Kind kind;
    private final int port = Ports.free();
    private final Path directory;
    private @Nullable Login login;
    private @Nullable Process process;

    private LocalProxy(Kind kind, @Nullable Login login) {
        try {
            this.kind = kind;
            this.login = login;
            this.directory = Files.createTempDirectory("proxy");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that anybody on this machine may use. Skips the test, or fails it, where the program is missing. */
    public static LocalProxy start(Kind kind) {
        return new LocalProxy(kind, null).restart();
    }

    /** One that asks for a user and a password. */
    public static LocalProxy start(Kind kind, String username, String password) {
        return new LocalProxy(kind, new Login(username, password)).restart();
    }

    public int port() {
        return port;
    }

    /** Ends it, and all connections through it. */
    public void stop() {
        Process running = process;
        process = null;
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Starts it again, or for the first time. */
    public LocalProxy restart() {
        stop();
        try {
            Process started = new ProcessBuilder(command())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("output").toFile()))
                    .start();
            process = started;
            await("a proxy that listens").atMost(SOON).until(() -> !started.isAlive() || listens());
            if (!started.isAlive()) {
                throw new IllegalStateException("the proxy ended: " + Files.readString(directory.resolve("output")));
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on it asks for this user and password; connections through it end. */
    public void demand(String username, String password) {
        login = new Login(username, password);
        restart();
    }

    /** What it has told of its connections; only the kind {@link Kind#HTTP} tells anything. */
    public String log() {
        try {
            Path log = directory.resolve("log");
            return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command() throws IOException {
        String program = kind.tool().path().toString();
        Login wanted = login;
        if (kind == Kind.SOCKS5) {
            List<String> command = new ArrayList<>(List.of(program, "-i", "127.0.0.1", "-p", Integer.toString(port)));
            if (wanted != null) {
                command.addAll(List.of("-u", wanted.username(), "-P", wanted.password()));
            }
            return command;
        }
        Path configuration = Files.writeString(
                directory.resolve("tinyproxy.conf"),
                """
                Port %d
                Listen 127.0.0.1
                Allow 127.0.0.1
                Timeout 600
                MaxClients 500
                LogFile "%s"
                LogLevel Connect
                """.formatted(port, directory.resolve("log"))
                        + (wanted == null ? "" : "BasicAuth " + wanted.username() + " " + wanted.password() + "\n"));
        return List.of(program, "-d", "-c", configuration.toString());
    }

    private boolean listens() {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return probe.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }
}
