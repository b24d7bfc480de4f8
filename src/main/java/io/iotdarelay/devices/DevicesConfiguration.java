package io.iotdarelay.devices;

import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.kafka.CompactedTopic;
import io.iotdarelay.settings.EverySecond;
import io.iotdarelay.telemetry.SteadyClock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;

/** Wires the directory, and the thread that keeps it up to date. */
@Configuration(proxyBeanMethods = false)
public class DevicesConfiguration {

    /** One thread for the file, one for the topic, as configured. */
    @Bean(destroyMethod = "close")
    DirectoryKeeper directoryKeeper(DevicesProperties properties, ConsumerFactory<?, ?> kafka, SteadyClock time) {
        return new DirectoryKeeper(properties, kafka, time);
    }

    @Bean
    DeviceDirectory deviceDirectory(DirectoryKeeper keeper, ObjectProvider<PlatformSource> platform) {
        return new CombinedDirectory(keeper.sources(), Optional.ofNullable(platform.getIfAvailable()));
    }

    /** Owns the threads. */
    static final class DirectoryKeeper implements AutoCloseable {

        /** Entries are small. This bounds what a topic with something else in it may take. */
        private static final int MOST_RECORDS = 20;

        private final List<DeviceDirectory> sources = new ArrayList<>();
        private final List<Runnable> stops = new ArrayList<>();

        DirectoryKeeper(DevicesProperties properties, ConsumerFactory<?, ?> kafka, InstantSource time) {
            if (properties.topic() != null) {
                TopicDirectory directory = new TopicDirectory(properties.topic(), properties.platform(), time);
                CompactedTopic topic = new CompactedTopic(
                        properties.topic(),
                        new Bootstrap(kafka.getConfigurationProperties())::check,
                        () -> CompactedTopic.consumer(kafka, "directory", MOST_RECORDS, Map.of()),
                        time,
                        directory);
                Thread.ofPlatform().name("relay-directory-topic").daemon().start(topic);
                sources.add(directory);
                stops.add(topic::stop);
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
