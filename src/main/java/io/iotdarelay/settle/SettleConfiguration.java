package io.iotdarelay.settle;

import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.SteadyClock;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ProducerFactory;

/** Wires dead letters: their producer, and how many there may be. */
@Configuration(proxyBeanMethods = false)
public class SettleConfiguration {

    @Bean
    DeadLetterBudget deadLetterBudget(DeadLetterProperties properties, SteadyClock time) {
        return new DeadLetterBudget(properties.maxShare(), properties.shareOfLast(), properties.probeEvery(), time);
    }

    @Bean(destroyMethod = "close")
    DeadLetters deadLetters(
            ProducerFactory<?, ?> factory,
            DeadLetterProperties properties,
            @Value("${spring.kafka.consumer.group-id}") String consumerGroup,
            Clock clock,
            RandomGenerator random) {
        return new DeadLetters(factory, properties.topic(), consumerGroup, clock, Backoff.standard(random));
    }
}
