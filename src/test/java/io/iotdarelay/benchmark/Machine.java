package io.iotdarelay.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.SpringBootVersion;

/** What was measured on, and what the kernel knows of a process. */
final class Machine {

    private Machine() {}

    static String describe() {
        return String.format(
                Locale.ROOT,
                "%s, %d processors, %s, Java %s, Spring Boot %s, commit %s",
                fields(Path.of("/proc/cpuinfo"), "model name").stream()
                        .findFirst()
                        .orElse("unknown processor"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.version"),
                SpringBootVersion.getVersion(),
                commit());
    }

    static Duration cpuTime(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static List<String> fields(Path file, String name) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    static String commit() {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
            return new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
