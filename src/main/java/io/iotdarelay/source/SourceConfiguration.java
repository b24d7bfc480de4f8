package io.iotdarelay.source;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;

/** Wires the consumers. */
@Configuration(proxyBeanMethods = false)
public class SourceConfiguration {

    @Bean
    Consumers consumers(ConsumerFactory<?, ?> factory) {
        return Consumers.of(factory);
    }
}
