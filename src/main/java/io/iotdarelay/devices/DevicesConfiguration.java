package io.iotdarelay.devices;

import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.kafka.CompactedTopic;
import io.iotdarelay.metrics.RegistrationMeters;
import io.iotdarelay.settings.EverySecond;
import io.iotdarelay.telemetry.SteadyClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** Wires the directory, and the thread that keeps it up to date. */
@Configuration(proxyBeanMethods = false)
public class DevicesConfiguration {

    /** One thread for the file, one for the topic, as configured. */
    @Bean(destroyMethod = "close")
    DirectoryKeeper directoryKeeper(DevicesProperties properties, ConsumerFactory<?, ?> kafka, SteadyClock time) {
        return new DirectoryKeeper(properties, kafka, time);
    }

    /** All sources as one. */
    @Bean
    @Primary
    DeviceDirectory deviceDirectory(DirectoryKeeper keeper, ObjectProvider<PlatformSource> platform) {
        return new CombinedDirectory(keeper.sources(), Optional.ofNullable(platform.getIfAvailable()));
    }

    @Bean(destroyMethod = "close")
    LearntKeeper learntKeeper(
            DevicesProperties properties,
            DirectoryKeeper keeper,
            ProducerFactory<?, ?> producers,
            RegistrationMeters meters) {
        return new LearntKeeper(properties, keeper, producers, meters);
    }

    @Bean
    LearntDevices learntDevices(LearntKeeper keeper) {
        return keeper.learnt;
    }

    /** Owns the thread and the producer of what is written to the topic of the directory, if anything is. */
    static final class LearntKeeper implements AutoCloseable {

        private static final Duration MAX_BLOCK = Duration.ofSeconds(10);
        private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(60);
        private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

        private final LearntDevices learnt;
        private final Runnable stop;

        LearntKeeper(
                DevicesProperties properties,
                DirectoryKeeper keeper,
                ProducerFactory<?, ?> anyProducers,
                RegistrationMeters meters) {
            String topic = properties.topic();
            TopicDirectory directory = keeper.topic;
            if (properties.keep() != DevicesProperties.Keeping.TOPIC || topic == null || directory == null) {
                learnt = LearntDevices.IN_MEMORY;
                stop = () -> {};
                return;
            }
            ProducerFactory<?, ?> producers = anyProducers.copyWithConfigurationOverride(required());
            DirectoryWriter writer = new DirectoryWriter(
                    topic,
                    directory,
                    Executors.newSingleThreadExecutor(Thread.ofPlatform()
                            .name("relay-directory-write")
                            .daemon()
                            .factory()),
                    () -> producer(producers),
                    meters::kept);
            learnt = writer;
            stop = () -> {
                writer.close();
                producers.reset();
            };
        }

        private static Map<String, Object> required() {
            Map<String, Object> properties = new HashMap<>();
            properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
            properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
            properties.put(ProducerConfig.ACKS_CONFIG, "all");
            properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
            properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
            properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) REQUEST_TIMEOUT.toMillis());
            properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_TIMEOUT.toMillis());
            return properties;
        }

        /** A new one; the one before, if there was one, is closed. */
        @SuppressWarnings("unchecked") // the serializers are set right here
        private static Producer<byte[], byte[]> producer(ProducerFactory<?, ?> factory) {
            factory.reset();
            return (Producer<byte[], byte[]>) factory.createProducer();
        }

        @Override
        public void close() {
            stop.run();
        }
    }

    /** Owns the threads. */
    static final class DirectoryKeeper implements AutoCloseable {

        /** Entries are small. This bounds what a topic with something else in it may take. */
        private static final int MOST_RECORDS = 20;

        private final List<DeviceDirectory> sources = new ArrayList<>();
        private final List<Runnable> stops = new ArrayList<>();
        private @Nullable TopicDirectory topic;

        DirectoryKeeper(DevicesProperties properties, ConsumerFactory<?, ?> kafka, InstantSource time) {
            if (properties.topic() != null) {
                TopicDirectory directory = new TopicDirectory(properties.topic(), properties.platform(), time);
                CompactedTopic following = new CompactedTopic(
                        properties.topic(),
                        new Bootstrap(kafka.getConfigurationProperties())::check,
                        () -> CompactedTopic.consumer(kafka, "directory", MOST_RECORDS, Map.of()),
                        time,
                        directory);
                Thread.ofPlatform().name("relay-directory-topic").daemon().start(following);
                sources.add(directory);
                stops.add(following::stop);
                topic = directory;
            }
            if (properties.file() != null) {
                FileDirectory file = new FileDirectory(properties.path(), time);
                file.refresh();
                sources.add(file);
                stops.add(new EverySecond("relay-directory-file", file::refresh)::close);
            }
        }

        List<DeviceDirectory> sources() {
            return List.copyOf(sources);
        }

        @Override
        public void close() {
            stops.forEach(Runnable::run);
        }
    }
}
