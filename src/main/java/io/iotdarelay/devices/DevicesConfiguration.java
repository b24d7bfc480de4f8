package io.iotdarelay.devices;

import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.settings.EverySecond;
import io.iotdarelay.telemetry.SteadyClock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
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
    DeviceDirectory deviceDirectory(DirectoryKeeper keeper) {
        return keeper.directory();
    }

    /** Owns the threads. */
    static final class DirectoryKeeper implements AutoCloseable {

        private final List<DeviceDirectory> sources = new ArrayList<>();
        private final List<Runnable> stops = new ArrayList<>();

        DirectoryKeeper(DevicesProperties properties, ConsumerFactory<?, ?> kafka, InstantSource time) {
            if (properties.topic() != null) {
                TopicDirectory topic = new TopicDirectory(
                        properties.topic(),
                        new Bootstrap(kafka.getConfigurationProperties())::check,
                        () -> withoutGroup(kafka),
                        time);
                Thread.ofPlatform().name("relay-directory-topic").daemon().start(topic);
                sources.add(topic);
                stops.add(topic::stop);
            }
            if (properties.file() != null) {
                FileDirectory file = new FileDirectory(properties.path(), time);
                file.refresh();
                sources.add(file);
                stops.add(new EverySecond("relay-directory-file", file::refresh)::close);
            }
        }

        DeviceDirectory directory() {
            return new CombinedDirectory(List.copyOf(sources));
        }

        @Override
        public void close() {
            stops.forEach(Runnable::run);
        }

        @SuppressWarnings("unchecked") // the deserializers are set right here
        private static Consumer<byte[], byte[]> withoutGroup(ConsumerFactory<?, ?> kafka) {
            Properties properties = new Properties();
            properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
            properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
            properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
            properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
            properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
            // Entries are small. These bound what a topic with something else in it may take.
            properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "20");
            properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, "4194304");
            return (Consumer<byte[], byte[]>) kafka.createConsumer(null, null, "directory", properties);
        }
    }
}
