package io.iotdarelay;

import io.iotdarelay.auth.TokenProperties;
import io.iotdarelay.delivery.QuarantineProperties;
import io.iotdarelay.devices.DevicesProperties;
import io.iotdarelay.iotda.IotdaProperties;
import io.iotdarelay.lane.LaneProperties;
import io.iotdarelay.limits.QuotaProperties;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.model.LoadedModels;
import io.iotdarelay.pipeline.RecordsProperties;
import io.iotdarelay.registry.RegistryProperties;
import io.iotdarelay.settle.DeadLetterProperties;
import io.iotdarelay.source.SourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** Reads the settings once, and gives each room its own. */
@Configuration(proxyBeanMethods = false)
class RelaySettingsConfiguration {

    @Bean
    RelaySettings relaySettings(ConfigurableEnvironment environment) {
        return RelaySettings.read(environment);
    }

    @Bean
    IotdaProperties iotdaProperties(RelaySettings settings) {
        return settings.iotda();
    }

    @Bean
    DevicesProperties devicesProperties(RelaySettings settings) {
        return settings.devices();
    }

    @Bean
    TokenProperties tokenProperties(RelaySettings settings) {
        return settings.tokens();
    }

    @Bean
    QuotaProperties quotaProperties(RelaySettings settings) {
        return settings.quota();
    }

    @Bean
    QuarantineProperties quarantineProperties(RelaySettings settings) {
        return settings.quarantine();
    }

    @Bean
    LaneProperties laneProperties(RelaySettings settings) {
        return settings.lane();
    }

    @Bean
    SourceProperties sourceProperties(RelaySettings settings) {
        return settings.source();
    }

    @Bean
    DeadLetterProperties deadLetterProperties(RelaySettings settings) {
        return settings.deadLetter();
    }

    @Bean
    RecordsProperties recordsProperties(RelaySettings settings) {
        return settings.records();
    }

    @Bean
    RegistryProperties registryProperties(RelaySettings settings) {
        return settings.registry();
    }

    @Bean
    Routes routes(RelaySettings settings) {
        return settings.routes();
    }

    @Bean
    LoadedModels loadedModels(RelaySettings settings) {
        return settings.models();
    }
}
