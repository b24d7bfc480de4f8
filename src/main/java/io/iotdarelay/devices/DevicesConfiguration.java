package io.iotdarelay.devices;

import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.kafka.ByteProducers;
import io.iotdarelay.kafka.CompactedTopic;
import io.iotdarelay.metrics.RegistrationMeters;
import io.iotdarelay.settings.EverySecond;
import io.iotdarelay.telemetry.SteadyClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
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
        return keeper.with(Optional.ofNullable(platform.getIfAvailable()));
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

        private static final ByteProducers.Patience PATIENCE = new ByteProducers.Patience(
                Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(30));

        private final LearntDevices learnt;
        private final Runnable stop;

        LearntKeeper(
                DevicesProperties properties,
                DirectoryKeeper keeper,
                ProducerFactory<?, ?> factory,
                RegistrationMeters meters) {
            String topic = properties.topic();
            TopicDirectory directory = keeper.topic;
            if (properties.keep() != DevicesProperties.Keeping.TOPIC || topic == null || directory == null) {
                learnt = LearntDevices.IN_MEMORY;
                stop = () -> {};
                return;
            }
            ByteProducers producers = new ByteProducers(factory, PATIENCE, Map.of());
            DirectoryWriter writer = new DirectoryWriter(
                    topic,
                    directory,
                    keeper.others(),
                    Executors.newSingleThreadExecutor(Thread.ofPlatform()
                            .name("relay-directory-write")
                            .daemon()
                            .factory()),
                    producers::replace,
                    meters::kept);
            learnt = writer;
            stop = () -> {
                writer.close();
                producers.close();
            };
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

        private final List<Runnable> stops = new ArrayList<>();
        private @Nullable TopicDirectory topic;
        private @Nullable FileDirectory file;

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
                stops.add(following::stop);
                topic = directory;
            }
            if (properties.file() != null) {
                FileDirectory read = new FileDirectory(properties.path(), time);
                read.refresh();
                file = read;
                stops.add(new EverySecond("relay-directory-file", read::refresh)::close);
            }
        }

        /** The sources in their order, together with the platform. */
        CombinedDirectory with(Optional<PlatformSource> platform) {
            List<DeviceDirectory> sources = Stream.of(
                            Optional.ofNullable(topic).<DeviceDirectory>map(TopicDirectory::byOthers),
                            Optional.<DeviceDirectory>ofNullable(file))
                    .flatMap(Optional::stream)
                    .toList();
            return new CombinedDirectory(
                    sources, platform, Optional.ofNullable(topic).map(TopicDirectory::byRelays));
        }

        /** What devices are in beside the topic. */
        Optional<DeviceDirectory> others() {
            return Optional.ofNullable(file);
        }

        @Override
        public void close() {
            stops.forEach(Runnable::run);
        }
    }
}
