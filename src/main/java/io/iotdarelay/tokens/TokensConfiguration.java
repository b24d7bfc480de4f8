package io.iotdarelay.tokens;

import io.iotdarelay.auth.SharedTokens;
import io.iotdarelay.auth.TokenProperties;
import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.kafka.ByteProducers;
import io.iotdarelay.kafka.CompactedTopic;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.metrics.TokenStoreMeters;
import io.iotdarelay.platform.Platform;
import io.iotdarelay.settings.EverySecond;
import io.iotdarelay.telemetry.SteadyClock;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** Wires the store of tokens, if there is one, and its threads. */
@Configuration(proxyBeanMethods = false)
public class TokensConfiguration {

    @Bean(destroyMethod = "close")
    StoreKeeper tokenStoreKeeper(
            TokenProperties properties,
            Environment environment,
            ConsumerFactory<?, ?> consumers,
            ProducerFactory<?, ?> producers,
            TokenStoreMeters meters,
            RelayGauges gauges,
            Platform platform,
            Clock clock,
            SteadyClock time,
            LongSupplier nanoTime,
            RandomGenerator random) {
        StoreKeeper keeper = new StoreKeeper();
        if (properties.isStored()) {
            URI endpoint = Binder.get(environment)
                    .bind("relay.iotda.endpoint", URI.class)
                    .get();
            Duration patience = platform.responseTimeout().plus(StoreKeeper.CONNECTING);
            keeper.open(properties, endpoint, patience, consumers, producers, meters, clock, time, nanoTime, random);
            gauges.show(RelayMeter.TOKENS_STORED, keeper.tokens()::size);
            gauges.show(RelayMeter.TOKENS_STORE_USABLE, () -> keeper.isUsable() ? 1 : 0);
        }
        return keeper;
    }

    @Bean
    SharedTokens sharedTokens(StoreKeeper keeper) {
        return keeper.shared;
    }

    /** Owns the threads. */
    static final class StoreKeeper implements AutoCloseable {

        /** Records are small: this is a few hundred KB. */
        private static final int MOST_RECORDS = 2000;

        private static final ByteProducers.Patience PATIENCE = new ByteProducers.Patience(
                Duration.ofSeconds(5), Duration.ofSeconds(7), Duration.ofSeconds(15), Duration.ofSeconds(1));

        private static final Map<String, Object> PRODUCER = Map.of(
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "none"); // what is encrypted cannot be compressed

        /** An authentication may take so much longer than its response: by default, the name and the connection take it. */
        private static final Duration CONNECTING = Duration.ofSeconds(10);

        private static final Duration LEAST_GRACE = Duration.ofMinutes(1);
        private static final Duration MOST_GRACE = Duration.ofMinutes(10);

        private SharedTokens shared = SharedTokens.NONE;
        private @Nullable TokenTable tokens;
        private @Nullable CompactedTopic topic;
        private @Nullable TokenWriter writer;
        private @Nullable EverySecond keyThread;
        private @Nullable ByteProducers producers;

        private void open(
                TokenProperties properties,
                URI endpoint,
                Duration patience,
                ConsumerFactory<?, ?> consumers,
                ProducerFactory<?, ?> factory,
                TokenStoreMeters meters,
                Clock clock,
                SteadyClock time,
                LongSupplier nanoTime,
                RandomGenerator random) {
            Keyring keys = Keyring.of(properties.keyDirectory(), properties.keyId());
            SecureRandom nonces = new SecureRandom();
            String origin = origin(endpoint);
            ByteProducers opened = new ByteProducers(factory, PATIENCE, PRODUCER);
            TokenTable table =
                    new TokenTable(properties.mostDevices(Runtime.getRuntime().maxMemory()));
            TokenWriter out = new TokenWriter(
                    properties.topic(),
                    new Envelope(origin, keys, nonces),
                    Executors.newSingleThreadExecutor(Thread.ofPlatform()
                            .name("relay-tokens-write")
                            .daemon()
                            .factory()),
                    opened::replace,
                    nanoTime,
                    meters);
            Sharing sharing = new Sharing(table, out, keys, clock, nanoTime, nonces.nextLong(), patience);
            Duration grace = Duration.ofMillis(random.nextLong(LEAST_GRACE.toMillis(), MOST_GRACE.toMillis()));
            TokenTopic reader = new TokenTopic(
                    properties.topic(),
                    sharing,
                    table,
                    out,
                    new Envelope(origin, keys, nonces),
                    new Sweep(table, out, keys, clock, grace),
                    meters,
                    time);
            CompactedTopic following = new CompactedTopic(
                    properties.topic(),
                    new Bootstrap(consumers.getConfigurationProperties())::check,
                    () -> CompactedTopic.consumer(
                            consumers,
                            "-tokens",
                            MOST_RECORDS,
                            // An open transaction of somebody else must not hold tokens back.
                            Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted")),
                    time,
                    reader);
            Thread.ofPlatform().name("relay-tokens-read").daemon().start(following);
            tokens = table;
            topic = following;
            writer = out;
            producers = opened;
            keyThread = new EverySecond("relay-tokens-keys", keys::refresh);
            shared = new StoredTokens(sharing, table, reader, out, keys, time);
        }

        private TokenTable tokens() {
            return Optional.ofNullable(tokens).orElseThrow();
        }

        private boolean isUsable() {
            return writer != null && writer.isUsable();
        }

        /** The platform's address as it is authenticated with each token: different spellings of it are the same. */
        static String origin(URI endpoint) {
            int port = endpoint.getPort() == -1 ? 443 : endpoint.getPort();
            return "https://" + endpoint.getHost().toLowerCase(Locale.ROOT) + ":" + port;
        }

        /** After the drain: what was fetched last is written before the process ends. */
        @Override
        public void close() {
            if (keyThread != null && topic != null && writer != null) {
                keyThread.close();
                topic.stop();
                writer.close();
            }
            if (producers != null) {
                producers.close();
            }
        }
    }
}
