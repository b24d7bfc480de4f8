package io.iotdarelay.demo;

import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.simulator.SimulatorOptions.Exchange;
import io.iotdarelay.testing.LocalKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The environment of the relay in the demo. Closed when the relay has stopped. */
public final class Stage implements AutoCloseable {

    static final String DEAD_LETTERS = "iotda-relay.dlt";

    private static final int KAFKA_PORT = 9092;
    private static final int SIMULATOR_PORT = 8443;
    private static final int HTTP_PORT = 8080;
    private static final String RATE = "--demo.rate=";
    private static final int DEFAULT_RATE = 500;

    private final LocalKafka kafka;
    private final Simulator simulator;
    private final SampleTelemetry telemetry;
    private final Path directory;
    private final AtomicReference<@Nullable Exchange> example = new AtomicReference<>();
    private final Queue<Exchange> mine = new ConcurrentLinkedQueue<>();

    private Stage(int rate) throws IOException {
        quieten();
        System.out.println("Starting a Kafka broker, a simulated IoTDA and the relay ...");
        directory = Files.createTempDirectory("iotda-relay-demo");
        kafka = LocalKafka.start(preferred(KAFKA_PORT));
        simulator = Simulator.start(new SimulatorOptions()
                .port(preferred(SIMULATOR_PORT))
                .countOnly()
                .onExchange(this::look));
        SampleFleet.enlist(simulator, directory.resolve("devices.csv"));
        Files.writeString(directory.resolve("ca.pem"), simulator.certificateAuthority(), StandardCharsets.UTF_8);
        kafka.createTopic("telemetry.meters", 6);
        kafka.createTopic("telemetry.alarms", 3);
        kafka.createTopic("telemetry.plant", 3);
        kafka.createTopic(DEAD_LETTERS, 1);
        telemetry = new SampleTelemetry(kafka.producer(), rate);
    }

    /** Starts broker and platform. */
    public static Stage set(String... args) {
        try {
            return new Stage(Arrays.stream(args)
                    .filter(argument -> argument.startsWith(RATE))
                    .mapToInt(argument -> Integer.parseInt(argument.substring(RATE.length())))
                    .findFirst()
                    .orElse(DEFAULT_RATE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the relay is started with: what it needs to find the others, and the user's own arguments. */
    public String[] arguments(String... args) {
        List<String> own = List.of(
                "--spring.config.import=classpath:demo.yaml",
                "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "--spring.ssl.bundle.pem.simulator.truststore.certificate="
                        + directory.resolve("ca.pem").toUri(),
                "--relay.iotda.ssl-bundle=simulator",
                "--relay.iotda.endpoint=" + simulator.endpoint(),
                "--relay.devices.file=" + directory.resolve("devices.csv").toUri(),
                "--server.port=" + preferred(HTTP_PORT));
        return Stream.concat(own.stream(), Arrays.stream(args)).toArray(String[]::new);
    }

    /** Lets the fleet report. */
    void begin() {
        telemetry.start();
    }

    LocalKafka kafka() {
        return kafka;
    }

    Simulator simulator() {
        return simulator;
    }

    Path directory() {
        return directory;
    }

    /** A request that was accepted, once there is one. */
    @Nullable
    Exchange example() {
        return example.get();
    }

    /** The next request of the user's own device, if there is one. */
    @Nullable
    Exchange nextOfMine() {
        return mine.poll();
    }

    @Override
    public void close() {
        telemetry.close();
        long left = Stream.of("telemetry.meters", "telemetry.alarms", "telemetry.plant")
                .mapToLong(topic -> kafka.lag("iotda-relay", topic))
                .sum();
        System.out.printf(
                Locale.ROOT,
                "%nThe relay has drained and ended. The platform accepted %d reports, %d dead letters were written, %d records"
                        + " wait in Kafka.%n",
                simulator.ledger().acceptedCount(),
                kafka.count(DEAD_LETTERS),
                left);
        simulator.close();
        kafka.close();
    }

    private void look(Exchange exchange) {
        boolean accepted = exchange.status() == 200 && exchange.token() != null;
        if (accepted && exchange.path().contains("/meter-")) {
            example.compareAndSet(null, exchange);
        }
        if (accepted && exchange.path().contains("/" + SampleFleet.MINE + "/")) {
            mine.add(exchange);
        }
    }

    /** This port if it is free, or any. */
    private static int preferred(int port) {
        try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            return 0;
        }
    }

    /** The broker would speak before Spring has configured who may. */
    private static void quieten() {
        ((ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
                .setLevel(ch.qos.logback.classic.Level.WARN);
    }
}
