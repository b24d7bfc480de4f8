package io.iotdarelay;

import io.iotdarelay.access.AccessProperties;
import io.iotdarelay.appside.PlatformProperties;
import io.iotdarelay.auth.TokenProperties;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.delivery.QuarantineProperties;
import io.iotdarelay.devices.DevicesProperties;
import io.iotdarelay.iotda.IotdaProperties;
import io.iotdarelay.lane.LaneProperties;
import io.iotdarelay.limits.QuotaProperties;
import io.iotdarelay.mapping.MappingFile;
import io.iotdarelay.mapping.MappingStatus;
import io.iotdarelay.mapping.RoutesInForce;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.model.LoadedModels;
import io.iotdarelay.model.ModelKeeper;
import io.iotdarelay.pauses.DeskProperties;
import io.iotdarelay.pipeline.RecordsProperties;
import io.iotdarelay.readback.ReadBackProperties;
import io.iotdarelay.redrive.RedriveProperties;
import io.iotdarelay.registry.RegistryProperties;
import io.iotdarelay.settings.EverySecond;
import io.iotdarelay.settle.DeadLetterProperties;
import io.iotdarelay.source.SourceProperties;
import io.iotdarelay.telemetry.SteadyClock;
import java.util.Optional;
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
    RegistryProperties registryProperties(RelaySettings settings) {
        return settings.registry();
    }

    @Bean
    PlatformProperties platformProperties(RelaySettings settings) {
        return settings.platform();
    }

    @Bean
    ReadBackProperties readBackProperties(RelaySettings settings) {
        return settings.readBack();
    }

    @Bean
    AccessProperties accessProperties(RelaySettings settings) {
        return settings.access();
    }

    @Bean
    RedriveProperties redriveProperties(RelaySettings settings) {
        return settings.redrive();
    }

    @Bean
    DeskProperties deskProperties(RelaySettings settings) {
        return settings.desk();
    }

    @Bean
    RecordsProperties recordsProperties(RelaySettings settings) {
        return settings.records();
    }

    @Bean
    RoutesInForce routes(RelaySettings settings) {
        return new RoutesInForce(settings.routes());
    }

    @Bean(destroyMethod = "close")
    MappingKeeper mappingKeeper(
            RelaySettings settings,
            RecordDecoders decoders,
            ModelKeeper models,
            RoutesInForce routes,
            RelayGauges gauges,
            SteadyClock time) {
        MappingFile.Surroundings surroundings =
                new MappingSurroundings(settings.registry(), settings.devices().platform(), decoders, models);
        return new MappingKeeper(settings.mapping(), surroundings, routes, gauges, time);
    }

    @Bean
    MappingStatus.Source mappingStatus(MappingKeeper keeper) {
        return () -> keeper.mapping.map(MappingFile::status);
    }

    /** Owns the thread that follows the file of the mapping, where there is one. */
    static final class MappingKeeper implements AutoCloseable {

        private final Optional<MappingFile> mapping;
        private final Optional<EverySecond> thread;

        MappingKeeper(
                Optional<RelayMapping> given,
                MappingFile.Surroundings surroundings,
                RoutesInForce routes,
                RelayGauges gauges,
                SteadyClock time) {
            mapping = given.map(reading -> new MappingFile(reading.file(), reading, surroundings, routes, time));
            mapping.ifPresent(file -> gauges.show(
                    RelayMeter.MAPPING_REFUSED, () -> file.status().problems().isEmpty() ? 0 : 1));
            thread = mapping.map(file -> new EverySecond("relay-mapping-file", file::refresh));
        }

        @Override
        public void close() {
            thread.ifPresent(EverySecond::close);
        }
    }

    @Bean
    LoadedModels loadedModels(RelaySettings settings) {
        return settings.models();
    }
}
