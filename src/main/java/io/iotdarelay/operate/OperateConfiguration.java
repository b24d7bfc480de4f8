package io.iotdarelay.operate;

import io.iotdarelay.access.OnBehalf;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.AppsideConfiguration;
import io.iotdarelay.auth.SharedTokens;
import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.delivery.RecentByDevice;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.group.Group;
import io.iotdarelay.lane.LaneProperties;
import io.iotdarelay.mapping.MappingStatus;
import io.iotdarelay.mapping.RoutesInForce;
import io.iotdarelay.metrics.RecordMeters;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.model.ModelKeeper;
import io.iotdarelay.pauses.PauseOrders;
import io.iotdarelay.pauses.PausesInForce;
import io.iotdarelay.pipeline.QuotaShare;
import io.iotdarelay.pipeline.RelayLifecycle;
import io.iotdarelay.pipeline.Settlements;
import io.iotdarelay.platform.PlatformContact;
import io.iotdarelay.readback.ReadBack;
import io.iotdarelay.readback.ReadBackConfiguration;
import io.iotdarelay.redrive.RedriveProperties;
import io.iotdarelay.redrive.Redriver;
import io.iotdarelay.registry.RegistryDecoders;
import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.DeadLetterTopics;
import io.iotdarelay.source.PollLoop;
import io.iotdarelay.telemetry.RecentRejection;
import io.iotdarelay.telemetry.SteadyClock;
import io.iotdarelay.tls.CheckedSslBundles;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Wires what operators see. The names of the beans are the names of the health components. */
@Configuration(proxyBeanMethods = false)
public class OperateConfiguration {

    @Bean
    SourceHealthIndicator sourceHealthIndicator(PollLoop loop, PausesInForce pauses) {
        return new SourceHealthIndicator(loop, pauses);
    }

    @Bean
    IotdaHealthIndicator iotdaHealthIndicator(Delivery delivery, PlatformContact contact, QuotaShare quota) {
        return new IotdaHealthIndicator(delivery, contact, quota);
    }

    @Bean
    DevicesHealthIndicator devicesHealthIndicator(DeviceDirectory directory) {
        return new DevicesHealthIndicator(directory);
    }

    @Bean
    ModelsHealthIndicator modelsHealthIndicator(ModelKeeper keeper) {
        return new ModelsHealthIndicator(keeper);
    }

    @Bean
    ModelsEndpoint modelsEndpoint(ModelKeeper keeper) {
        return new ModelsEndpoint(keeper);
    }

    @Bean
    DeadLettersHealthIndicator deadLettersHealthIndicator(DeadLetterTopics topics, DeadLetterBudget budget) {
        return new DeadLettersHealthIndicator(topics, budget);
    }

    @Bean
    @Conditional(RegistryIsConfigured.class)
    RegistryHealthIndicator registryHealthIndicator(RegistryDecoders registry) {
        return new RegistryHealthIndicator(registry);
    }

    @Bean
    @Conditional(AppsideConfiguration.IsConfigured.class)
    PlatformHealthIndicator platformHealthIndicator(ApplicationSide side) {
        return new PlatformHealthIndicator(side);
    }

    @Bean
    @Conditional(ReadBackConfiguration.IsEnabled.class)
    ReadBackHealthIndicator readBackHealthIndicator(ReadBack readBack) {
        return new ReadBackHealthIndicator(readBack);
    }

    @Bean
    @Conditional(TokensAreStored.class)
    TokensHealthIndicator tokensHealthIndicator(SharedTokens tokens) {
        return new TokensHealthIndicator(tokens);
    }

    @Bean
    MappingHealthIndicator mappingHealthIndicator(MappingStatus.Source mapping) {
        return new MappingHealthIndicator(mapping);
    }

    @Bean
    TlsHealthIndicator tlsHealthIndicator(CheckedSslBundles bundles) {
        return new TlsHealthIndicator(bundles);
    }

    @Bean
    StateGauges stateGauges(RelayGauges gauges, DeviceDirectory directory, CheckedSslBundles bundles, Clock clock) {
        return new StateGauges(gauges, directory, bundles, clock);
    }

    @Bean
    RoutesEndpoint routesEndpoint(RoutesInForce routes, DeadLetterBudget budget, Settlements settlements) {
        return new RoutesEndpoint(routes, budget, settlements);
    }

    @Bean
    LossesEndpoint lossesEndpoint(PollLoop loop) {
        return new LossesEndpoint(loop);
    }

    @Bean
    PausesEndpoint pausesEndpoint(PauseOrders orders, PausesInForce pauses, RoutesInForce routes, PollLoop loop) {
        return new PausesEndpoint(orders, pauses, routes, loop);
    }

    @Bean
    WholeBody pauseRequests() {
        return new WholeBody(PausesEndpoint.ID);
    }

    @Bean
    KnownFields redriveRequests() {
        return new KnownFields(DeadLettersEndpoint.ID);
    }

    @Bean
    KnownFields deviceRequests() {
        return new KnownFields(DevicesEndpoint.ID);
    }

    @Bean
    QuarantineEndpoint quarantineEndpoint(Delivery delivery, Others others, Scheduler deskThread) {
        return new QuarantineEndpoint(delivery, others, deskThread);
    }

    /** Where answers to operators are made: neither the event loops nor the HTTP port's thread wait for them. */
    @Bean(destroyMethod = "dispose")
    Scheduler deskThread() {
        return Schedulers.newSingle("relay-desk", true);
    }

    @Bean(destroyMethod = "close")
    RecordRates recordRates(RecordMeters meters, SteadyClock time, Scheduler deskThread) {
        return new RecordRates(meters, time, deskThread);
    }

    @Bean
    Others others(Group group, OnBehalf onBehalf, Environment environment, Scheduler deskThread) {
        return new Others(group, onBehalf, environment.getProperty("HOSTNAME", "localhost"), deskThread);
    }

    @Bean
    RelayEndpoint relayEndpoint(
            PollLoop loop,
            Delivery delivery,
            DeviceDirectory directory,
            DeadLetterTopics topics,
            DeadLetterBudget budget,
            PausesInForce pauses,
            RecordMeters meters,
            RecordRates rates,
            ObjectProvider<ReadBack> readBack,
            Environment environment,
            Clock clock,
            Others others,
            Scheduler deskThread) {
        return new RelayEndpoint(
                loop,
                delivery,
                directory,
                topics,
                budget,
                pauses,
                meters,
                rates,
                () -> Optional.ofNullable(readBack.getIfAvailable())
                        .map(proof -> proof.status().routes())
                        .orElse(Map.of()),
                Map.of(
                        "name",
                        others.self(),
                        "version",
                        environment.getProperty("spring.application.version", "unknown"),
                        "since",
                        clock.instant()),
                others,
                deskThread);
    }

    /** Spring Boot's own report is not exposed: it shows more than the relay's settings. */
    @Bean
    ConfigurationEndpoint configurationEndpoint(
            ApplicationContext context, KafkaProperties kafka, Scheduler deskThread) {
        ConfigurationPropertiesReportEndpoint report =
                new ConfigurationPropertiesReportEndpoint(ConfigurationEndpoint.MASKS, Show.ALWAYS);
        report.setApplicationContext(context);
        return new ConfigurationEndpoint(
                report,
                context.getEnvironment(),
                () -> Map.of(
                        "bootstrap-servers", kafka.getBootstrapServers(),
                        "group", String.valueOf(kafka.getConsumer().getGroupId())),
                deskThread);
    }

    @Bean
    DevicesEndpoint devicesEndpoint(
            Delivery delivery,
            DeviceDirectory directory,
            PollLoop loop,
            RecentByDevice<List<RecentRejection>> rejections,
            Others others,
            Scheduler deskThread) {
        return new DevicesEndpoint(delivery, directory, loop, rejections, others, deskThread);
    }

    @Bean
    DeadLettersEndpoint deadLettersEndpoint(
            Redriver redriver,
            RedriveProperties properties,
            LaneProperties lanes,
            RandomGenerator random,
            Others others,
            Scheduler deskThread) {
        return new DeadLettersEndpoint(
                redriver,
                properties,
                lanes.maxRequestSize(),
                () -> HexFormat.of().toHexDigits(random.nextLong()),
                others,
                deskThread);
    }

    /** Replaces Spring Boot's, which knows nothing about Kafka. */
    @Bean
    ReadinessIndicator readinessStateHealthIndicator(
            PollLoop loop, Delivery delivery, DeviceDirectory directory, PlatformContact contact) {
        return new ReadinessIndicator(loop, delivery, directory, contact);
    }

    /** Replaces Spring Boot's, which knows nothing about the relay's loops. */
    @Bean
    LivenessIndicator livenessStateHealthIndicator(PollLoop loop, RelayLifecycle lifecycle, Delivery delivery) {
        return new LivenessIndicator(loop, lifecycle, delivery);
    }
}
