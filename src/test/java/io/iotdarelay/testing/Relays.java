package io.iotdarelay.testing;

import io.iotdarelay.RelayApplication;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts relays against a broker and a simulator: in this process, or each in one of its own. */
public final class Relays {

    private static final ReentrantLock STARTING = new ReentrantLock();

    private final Map<String, String> properties = new LinkedHashMap<>();
    private final List<BeanPostProcessor> replacements = new ArrayList<>();
    private final Path directory;
    private final Simulator simulator;

    private Relays(LocalKafka kafka, Simulator simulator, String name) {
        try {
            this.directory = Files.createTempDirectory("relay-test");
            this.simulator = simulator;
            Path authority = Files.writeString(directory.resolve("ca.pem"), simulator.certificateAuthority());
            with("spring.kafka.bootstrap-servers", kafka.bootstrapServers());
            with("spring.kafka.consumer.group-id", name);
            with(
                    "spring.ssl.bundle.pem.iotda.truststore.certificate",
                    authority.toUri().toString());
            with("relay.iotda.endpoint", simulator.endpoint());
            with("relay.iotda.ssl-bundle", "iotda");
            with("relay.devices.file", devices().toUri().toString());
            with("relay.dead-letter.topic", name + ".dlt");
            with("relay.quota.authentications-per-second", "0");
            with("server.port", "0");
            with("spring.security.user.name", Actuator.OPERATOR);
            with("spring.security.user.password", Actuator.PASSWORD);
            with("logging.level.root", "warn");
            with("logging.level.io.iotdarelay", "info");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Relays of one group. The name is the group's, and that of the dead-letter topic with {@code .dlt} behind. */
    public static Relays of(LocalKafka kafka, Simulator simulator, String name) {
        return new Relays(kafka, simulator, name);
    }

    /** Sets a property for the relays that are started from now on. */
    public Relays with(String key, String value) {
        properties.put(key, value);
        return this;
    }

    /** Adds a file of properties in YAML, as users write it. */
    public Relays withYaml(String text) {
        try {
            Path file = Files.writeString(directory.resolve("relay.yaml"), text, StandardCharsets.UTF_8);
            return with("spring.config.import", "optional:" + file.toUri());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a property back. */
    public Relays without(String key) {
        properties.remove(key);
        return this;
    }

    /** Takes all routes back. */
    public Relays withoutRoutes() {
        properties.keySet().removeIf(key -> key.startsWith("relay.routes"));
        return this;
    }

    /** The first route: reports the record's sequence number as {@code n} of service {@code S}; the device is the key. */
    public Relays withPropertiesRoute(String topic) {
        return withPropertiesRoute(0, "properties", topic);
    }

    /** The same as any other of the routes, which are counted from 0. */
    public Relays withPropertiesRoute(int index, String name, String topic) {
        String route = "relay.routes[" + index + "].";
        return with(route + "name", name)
                .with(route + "topics[0]", topic)
                .with(route + "to", "properties")
                .with(route + "device-id", "key")
                .with(route + "services[0].id", "S")
                .with(route + "services[0].properties.n", "/n");
    }

    /** Tokens are kept in this topic, with one key. */
    public Relays withTokensIn(String topic) {
        try {
            Path keys = Files.createDirectories(directory.resolve("token-keys"));
            Files.writeString(keys.resolve("key"), Base64.getEncoder().encodeToString(new byte[32]));
            return with("relay.tokens.store", "topic")
                    .with("relay.tokens.topic", topic)
                    .with("relay.tokens.keys", keys.toUri().toString())
                    .with("relay.tokens.key", "key");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the files lie that the properties name. */
    public Path directory() {
        return directory;
    }

    /** The file of devices. */
    public Path devices() {
        return directory.resolve("devices.csv");
    }

    /** Writes those devices that the simulator knows into the file of devices. */
    public Relays withDevicesOfSimulator() {
        List<String> lines = new ArrayList<>(List.of("device_id,secret,gateway_id"));
        for (SimulatedDevice device : simulator.devices()) {
            lines.add(device.id() + "," + device.secret() + "," + (device.gateway() == null ? "" : device.gateway()));
        }
        return withDevices(lines);
    }

    /** Replaces the file of devices at one stroke. */
    public Relays withDevices(List<String> lines) {
        try {
            Path next = directory.resolve("devices.next");
            Files.writeString(next, lines.stream().collect(Collectors.joining("\n", "", "\n")), StandardCharsets.UTF_8);
            Files.move(next, devices(), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The properties as command-line arguments. */
    public String[] arguments() {
        return properties.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toArray(String[]::new);
    }

    /** Starts a relay in a small process of its own; JVM arguments may override that. */
    public RelayProcess startProcess(String... jvmArguments) {
        return startProcess(RelayApplication.class, jvmArguments);
    }

    /** The same with another main class around the relay. */
    public RelayProcess startProcess(Class<?> main, String... jvmArguments) {
        List<String> all = new ArrayList<>(RelayProcess.SMALL);
        all.addAll(List.of(jvmArguments));
        return RelayProcess.start(main, all, arguments());
    }

    /** In relays that are started in this process from now on, a bean is replaced by one made from it. */
    public <T> Relays replacing(Class<T> type, UnaryOperator<T> replacement) {
        replacements.add(new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return type.isInstance(bean) ? replacement.apply(type.cast(bean)) : bean;
            }
        });
        return this;
    }

    /** Retries follow each other sooner: of what chance may draw, a two-hundredth of the bound. */
    public Relays withShortBackoff() {
        return replacing(RandomGenerator.class, ShortDraws::new);
    }

    private record ShortDraws(RandomGenerator dice) implements RandomGenerator {

        private static final int PART = 200;

        @Override
        public long nextLong() {
            return dice.nextLong();
        }

        @Override
        public long nextLong(long bound) {
            return bound / PART;
        }
    }

    /**
     * Starts a relay in this process, one after the other: each start configures the logging of the whole process, which fails where
     * two do it at once. Closing the context stops it gracefully.
     */
    public ConfigurableApplicationContext start() {
        STARTING.lock();
        try {
            return new SpringApplicationBuilder(RelayApplication.class)
                    .initializers(context -> replacements.forEach(context.getBeanFactory()::addBeanPostProcessor))
                    .registerShutdownHook(false)
                    .run(arguments());
        } finally {
            STARTING.unlock();
        }
    }
}
