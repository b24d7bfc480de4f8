package io.iotdarelay.settle;

import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ProducerFactory;

/** Wires the producer of dead letters. */
@Configuration(proxyBeanMethods = false)
public class SettleConfiguration {

    @Bean(destroyMethod = "close")
    DeadLetters deadLetters(
            ProducerFactory<?, ?> factory,
            DeadLetterProperties properties,
            @Value("${spring.kafka.consumer.group-id}") String consumerGroup,
            Clock clock) {
        return new DeadLetters(factory, properties.topic(), consumerGroup, clock);
    }
}
