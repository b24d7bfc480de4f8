package io.iotdarelay.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A program that some tests run, and that not every machine has. Where it is missing they are skipped and say so; with {@code
 * -Dtools.required=true} they fail.
 *
 * @param names under which it may be on the PATH
 * @param origin where to get it
 */
public record Tool(List<String> names, String origin) {

    public static final Tool PROMTOOL = new Tool(List.of("promtool"), "Debian's package prometheus");
    public static final Tool PROMETHEUS = new Tool(List.of("prometheus"), "Debian's package prometheus");
    public static final Tool ALERTMANAGER =
            new Tool(List.of("prometheus-alertmanager", "alertmanager"), "Debian's package prometheus-alertmanager");
    public static final Tool TINYPROXY = new Tool(List.of("tinyproxy"), "Debian's package tinyproxy");
    public static final Tool MICROSOCKS = new Tool(List.of("microsocks"), "Debian's package microsocks");
    public static final Tool CHROMIUM = new Tool(List.of("chromium"), "Debian's package chromium");
    public static final Tool CHROMEDRIVER = new Tool(List.of("chromedriver"), "Debian's package chromium-driver");
    public static final Tool DOCKER = new Tool(List.of("docker"), "Debian's package docker.io");

    /**
     * What a program said.
     *
     * @param text of both its outputs
     */
    public record Output(int exitCode, String text) {

        public void assertSuccess() {
            assertThat(exitCode).as(text).isZero();
        }
    }

    /** Where it is. Skips the test that asks, or fails it, where it is not. */
    public Path path() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(directory -> names.stream().map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(this::missing);
    }

    private Path missing() {
        String message = "NOT TESTED: " + names.getFirst() + " is not on the PATH; it comes with " + origin;
        if (Boolean.getBoolean("tools.required")) {
            throw new AssertionError(message);
        }
        System.err.println(message);
        Assumptions.abort(message);
        throw new AssertionError();
    }

    /** Runs it to its end. */
    public Output run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(path().toString()));
        command.addAll(Arrays.asList(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
