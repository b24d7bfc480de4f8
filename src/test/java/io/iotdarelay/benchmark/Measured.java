package io.iotdarelay.benchmark;

import io.iotdarelay.testing.RelayContainer;
import io.iotdarelay.testing.RelayProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A relay that is being measured, however it runs. */
sealed interface Measured extends AutoCloseable {

    Duration GRACE = Duration.ofSeconds(30);

    static Measured jar(Path jar, List<String> jvm, String... arguments) {
        return new Jar(RelayProcess.startJar(jar, jvm, arguments));
    }

    /** In a container of this size; it may read {@code directory}. */
    static Measured image(String image, Size size, Path directory, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(size.arguments());
        RelayContainer container = RelayContainer.start(image, directory, size.dockerOptions(), all);
        return new Image(container, container.handle());
    }

    /** 0 as long as it is not known. */
    int port();

    ProcessHandle handle();

    default boolean isAlive() {
        return handle().isAlive();
    }

    String output();

    /** Has it drain and end. */
    void end();

    @Override
    void close();

    /** The jar in a JVM like this one. */
    record Jar(RelayProcess process) implements Measured {

        @Override
        public int port() {
            return process.port();
        }

        @Override
        public ProcessHandle handle() {
            return process.handle();
        }

        @Override
        public String output() {
            return String.join("\n", process.output());
        }

        @Override
        public void end() {
            process.terminate();
            int unused = process.exitCode(GRACE);
        }

        @Override
        public void close() {
            process.close();
        }
    }

    /** The image in Docker. */
    record Image(RelayContainer container, ProcessHandle handle) implements Measured {

        @Override
        public int port() {
            return container.port();
        }

        @Override
        public String output() {
            return container.output();
        }

        @Override
        public void end() {
            int unused = container.stop(GRACE);
        }

        @Override
        public void close() {
            container.close();
        }
    }
}
