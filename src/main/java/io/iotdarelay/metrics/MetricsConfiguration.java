package io.iotdarelay.metrics;

import io.iotdarelay.telemetry.SteadyClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Wires the meters. */
@Configuration(proxyBeanMethods = false)
public class MetricsConfiguration {

    @Bean
    RecordCounts recordCounts() {
        return new RecordCounts();
    }

    /** Replaces Spring Boot's. */
    @Bean
    PrometheusRegistry prometheusRegistry(RecordCounts counts) {
        return new SteadyPrometheusRegistry(counts);
    }

    @Bean
    RecordMeters recordMeters(MeterRegistry registry, RecordCounts counts) {
        return new RecordMeters(registry, counts);
    }

    @Bean
    RequestMeters requestMeters(MeterRegistry registry) {
        return new RequestMeters(registry);
    }

    @Bean
    ModelMeters modelMeters(MeterRegistry registry) {
        return new ModelMeters(registry);
    }

    @Bean
    RedriveMeters redriveMeters(MeterRegistry registry) {
        return new RedriveMeters(registry);
    }

    @Bean
    AccessMeters accessMeters(MeterRegistry registry) {
        return new AccessMeters(registry);
    }

    @Bean
    RegistryMeters registryMeters(MeterRegistry registry) {
        return new RegistryMeters(registry);
    }

    @Bean
    @Lazy
    ApplicationMeters applicationMeters(MeterRegistry registry) {
        return new ApplicationMeters(registry);
    }

    @Bean
    RegistrationMeters registrationMeters(MeterRegistry registry) {
        return new RegistrationMeters(registry);
    }

    @Bean
    @Lazy
    ReadBackMeters readBackMeters(MeterRegistry registry) {
        return new ReadBackMeters(registry);
    }

    @Bean
    TokenStoreMeters tokenStoreMeters(MeterRegistry registry) {
        return new TokenStoreMeters(registry);
    }

    @Bean
    PartitionMeters partitionMeters(MeterRegistry registry, SteadyClock time, RecordCounts counts) {
        return new PartitionMeters(registry, time, counts);
    }

    @Bean
    FlowTotals flowTotals(MeterRegistry registry, RecordMeters records) {
        return new FlowTotals(registry, records);
    }

    @Bean
    RelayGauges relayGauges(MeterRegistry registry) {
        return new RelayGauges(registry);
    }
}
