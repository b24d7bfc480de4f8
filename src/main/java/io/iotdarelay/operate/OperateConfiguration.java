package io.iotdarelay.operate;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.settle.DeadLetterWriter;
import io.iotdarelay.source.PollLoop;
import io.iotdarelay.source.SourceProperties;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires what operators see. The names of the beans are the names of the health components. */
@Configuration(proxyBeanMethods = false)
@Import(SecurityConfiguration.class)
public class OperateConfiguration {

    @Bean
    SourceHealthIndicator sourceHealthIndicator(PollLoop loop) {
        return new SourceHealthIndicator(loop);
    }

    @Bean
    IotdaHealthIndicator iotdaHealthIndicator(Delivery delivery) {
        return new IotdaHealthIndicator(delivery);
    }

    @Bean
    DevicesHealthIndicator devicesHealthIndicator(DeviceDirectory directory) {
        return new DevicesHealthIndicator(directory);
    }

    @Bean
    DeadLettersHealthIndicator deadLettersHealthIndicator(DeadLetterWriter writer) {
        return new DeadLettersHealthIndicator(writer);
    }

    /** Takes the place of Spring Boot's, which knows nothing of Kafka. */
    @Bean
    ReadinessIndicator readinessStateHealthIndicator(PollLoop loop, Delivery delivery, DeviceDirectory directory) {
        return new ReadinessIndicator(loop, delivery, directory);
    }

    /** Takes the place of Spring Boot's, which knows nothing of our loops. */
    @Bean
    LivenessIndicator livenessStateHealthIndicator(
            PollLoop loop, Delivery delivery, SourceProperties source, Clock clock) {
        return new LivenessIndicator(loop, delivery, source.drainTimeout(), clock);
    }
}
