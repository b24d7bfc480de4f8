package io.iotdarelay.commands;

import io.iotdarelay.devices.DevicesProperties;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryFile;
import io.iotdarelay.devices.DirectoryTopic;
import io.iotdarelay.devices.SecretsInFile;
import io.iotdarelay.kafka.KafkaFailure;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The directory of the configuration, as it was when it was read: its file, its topic, or both; where both have a device, that of the topic. */
final class DirectoryInUse {

    private final Map<DeviceId, DirectoryEntry> entries;
    private final Optional<Path> file;
    private final Optional<InTopic> topic;

    /** The part that is in a topic. */
    private record InTopic(String name, DirectoryTopic devices, Configured.KafkaClients kafka) {}

    private DirectoryInUse(Map<DeviceId, DirectoryEntry> entries, Optional<Path> file, Optional<InTopic> topic) {
        this.entries = entries;
        this.file = file;
        this.topic = topic;
    }

    /** What became of reading it. */
    sealed interface Reading {

        /**
         * It was read.
         *
         * @param broken how many invalid entries it has, which are left out
         */
        record Read(DirectoryInUse directory, int broken) implements Reading {}

        record Failed(String why) implements Reading {}
    }

    /**
     * Reads it.
     *
     * @param toBeWritten whether it is changed later
     */
    static Reading read(Configured configured, Surroundings here, Duration atMost, boolean toBeWritten) {
        Optional<DevicesProperties> properties = configured.devices();
        Optional<Path> file = properties.flatMap(DirectoryFile::path);
        String topic = properties.map(DevicesProperties::topic).orElse(null);
        if (file.isEmpty() && topic == null) {
            return new Reading.Failed(none(configured));
        }
        Map<DeviceId, DirectoryEntry> entries = new HashMap<>();
        int broken = 0;
        if (file.isPresent()) {
            DirectoryFile read = DirectoryFile.read(file.get());
            if (!read.isLoaded()) {
                return new Reading.Failed(read.status().trouble().orElse(file.get() + " cannot be read"));
            }
            broken = read.status().brokenEntries();
            read.entries().forEach(entry -> entries.put(entry.device(), entry));
        }
        Optional<InTopic> inTopic = Optional.empty();
        if (topic != null) {
            if (configured.kafka().isEmpty()) {
                return new Reading.Failed("the configuration of Kafka is invalid, so the topic " + topic
                        + " of the directory cannot be read");
            }
            DirectoryTopic devices = new DirectoryTopic(topic, here.clock(), toBeWritten);
            TopicReader reader = new TopicReader(configured.kafka().get().consumer(), here.clock(), here.nanoTime());
            Optional<String> trouble = reader.all(topic, devices::read, atMost).or(devices::trouble);
            if (trouble.isPresent()) {
                return new Reading.Failed(trouble.get());
            }
            devices.entries().forEach(entry -> entries.put(entry.device(), entry));
            inTopic = Optional.of(new InTopic(topic, devices, configured.kafka().get()));
        }
        return new Reading.Read(new DirectoryInUse(entries, file, inTopic), broken);
    }

    private static String none(Configured configured) {
        List<String> wrong = configured.problems().stream()
                .filter(problem -> problem.path().startsWith("relay.devices"))
                .map(Object::toString)
                .toList();
        return "no directory is configured: set relay.devices.file, relay.devices.topic, or both. A relay that has its devices from the"
                + " platform alone (relay.devices.platform) has no directory to compare or to rotate"
                + (wrong.isEmpty() ? "" : " (" + String.join("; ", wrong) + ")");
    }

    Map<DeviceId, DirectoryEntry> entries() {
        return entries;
    }

    /** Where notes about it are kept by default: beside its file. */
    Path beside(String ending) {
        return file.map(path -> path.resolveSibling(path.getFileName() + ending))
                .orElseGet(() -> Path.of(topic.map(InTopic::name).orElse("directory") + ending));
    }

    /** Tries, before anything depends on it, whether the file can be replaced if any of these is in it. Returns why not, if so. */
    Optional<String> rehearse(Collection<DirectoryEntry> chosen) {
        boolean areAllInTopic = topic.isPresent()
                && chosen.stream()
                        .allMatch(entry ->
                                topic.get().devices().value(entry.device()).isPresent());
        try {
            if (file.isPresent() && !areAllInTopic) {
                SecretsInFile.rehearse(file.get());
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    file.get() + " cannot be replaced: " + e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    /**
     * Gives devices other secrets. Returns why that failed, if so: then some may have them, and all keep what else is known of them.
     */
    Optional<String> replace(Map<DeviceId, DeviceSecret> secrets) {
        Map<DeviceId, DeviceSecret> ofFile = new HashMap<>(secrets);
        Map<DeviceId, byte[]> ofTopic = new HashMap<>();
        topic.ifPresent(in -> secrets.forEach(
                (device, secret) -> in.devices().valueWith(device, secret).ifPresent(value -> {
                    ofTopic.put(device, value);
                    ofFile.remove(device);
                })));
        if (!ofTopic.isEmpty()) {
            Optional<String> trouble = topic.flatMap(in -> write(in, ofTopic));
            if (trouble.isPresent()) {
                return trouble;
            }
        }
        if (!ofFile.isEmpty()) {
            Path path = file.orElseThrow();
            try {
                int changed = SecretsInFile.replace(path, ofFile);
                if (changed < ofFile.size()) {
                    return Optional.of(path + " has lost " + (ofFile.size() - changed) + " of its devices meanwhile");
                }
            } catch (IOException e) {
                return Optional.of(
                        path + " cannot be written: " + e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> write(InTopic topic, Map<DeviceId, byte[]> values) {
        Map<String, Object> configuration = new HashMap<>(topic.kafka().producer());
        configuration.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        configuration.remove(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG);
        configuration.put(ProducerConfig.ACKS_CONFIG, "all");
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(configuration, new ByteArraySerializer(), new ByteArraySerializer())) {
            values.forEach((device, value) -> {
                byte[] key = device.value().getBytes(StandardCharsets.UTF_8);
                var unused = producer.send(new ProducerRecord<>(topic.name(), key, value), (written, problem) -> {
                    if (problem != null) {
                        failure.compareAndSet(null, problem);
                    }
                });
            });
            producer.flush();
        } catch (KafkaException e) {
            failure.compareAndSet(null, e);
        }
        return Optional.ofNullable(failure.get())
                .map(problem -> "the topic " + topic.name() + " cannot be written: " + KafkaFailure.ofWriting(problem));
    }
}
