package io.iotdarelay.pauses;

import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.kafka.ByteProducers;
import io.iotdarelay.kafka.ClientSettings;
import io.iotdarelay.kafka.CompactedTopic;
import io.iotdarelay.kafka.Reach;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.telemetry.SteadyClock;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** Wires the pauses, and their threads. */
@Configuration(proxyBeanMethods = false)
public class PausesConfiguration {

    private static final double MILLIS = 1000;

    /** There are few, and they are small. */
    private static final int MOST_RECORDS = 500;

    private static final ByteProducers.Patience PATIENCE = new ByteProducers.Patience(
            Duration.ofSeconds(5), Duration.ofSeconds(4), Duration.ofSeconds(8), Duration.ofSeconds(1));

    @Bean
    PausesInForce pausesInForce(Clock clock, SteadyClock time, RelayGauges gauges) {
        PausesInForce pauses = new PausesInForce(clock, time);
        gauges.show(RelayMeter.PAUSES, () -> pauses.list().size());
        gauges.show(RelayMeter.PAUSES_OLDEST, () -> pauses.oldest().toMillis() / MILLIS);
        return pauses;
    }

    @Bean(destroyMethod = "close")
    PauseOrders pauseOrders(
            PausesInForce pauses,
            DeskProperties desk,
            ConsumerFactory<?, ?> consumers,
            ProducerFactory<?, ?> producers,
            Clock clock,
            SteadyClock time,
            RandomGenerator random) {
        Map<String, Object> configured = consumers.getConfigurationProperties();
        String topic = desk.topic().isEmpty() ? configured.get(ConsumerConfig.GROUP_ID_CONFIG) + ".desk" : desk.topic();
        Bootstrap bootstrap = new Bootstrap(configured);
        AtomicBoolean reachable = new AtomicBoolean();
        AtomicReference<PauseStore> writing = new AtomicReference<>();
        PauseTopic reader = new PauseTopic(topic, pauses, reachable::get, clock, over -> {
            PauseStore store = writing.get();
            if (store != null) {
                store.forget(over);
            }
        });
        PauseStore store = new PauseStore(
                topic,
                pauses,
                reader,
                new ByteProducers(producers, PATIENCE, Map.of()),
                () -> Admin.create(ClientSettings.admin(configured)));
        writing.set(store);
        CompactedTopic following = new CompactedTopic(
                topic,
                () -> {
                    Reach reach = bootstrap.check();
                    reachable.set(reach.trouble().isEmpty());
                    return reach;
                },
                () -> CompactedTopic.consumer(
                        consumers,
                        "-pauses",
                        MOST_RECORDS,
                        // An open transaction of somebody else must not hold pauses back.
                        Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted")),
                time,
                reader);
        return new PauseOrders(
                pauses, reader, store, following, clock, () -> HexFormat.of().toHexDigits(random.nextLong()));
    }
}
