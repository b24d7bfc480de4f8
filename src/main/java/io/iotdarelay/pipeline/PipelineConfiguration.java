package io.iotdarelay.pipeline;

import io.iotdarelay.auth.SharedTokens;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.delivery.DefectLog;
import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.delivery.RecentByDevice;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DevicesProperties;
import io.iotdarelay.limits.QuotaProperties;
import io.iotdarelay.limits.RequestLimits;
import io.iotdarelay.mapping.RoutesInForce;
import io.iotdarelay.metrics.ModelMeters;
import io.iotdarelay.metrics.PartitionMeters;
import io.iotdarelay.metrics.RecordMeters;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.model.ModelKeeper;
import io.iotdarelay.pauses.PausesInForce;
import io.iotdarelay.platform.Platform;
import io.iotdarelay.platform.PlatformContact;
import io.iotdarelay.registry.RegistryDecoders;
import io.iotdarelay.settle.DeadLetterBudget;
import io.iotdarelay.settle.DeadLetterTopics;
import io.iotdarelay.settle.DeadLetters;
import io.iotdarelay.source.Consumers;
import io.iotdarelay.source.PollLoop;
import io.iotdarelay.source.SourceProperties;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.RecentRejection;
import io.iotdarelay.telemetry.SteadyClock;
import io.iotdarelay.tracing.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.DefaultLifecycleProcessor;

/** Wires the rooms together. */
@Configuration(proxyBeanMethods = false)
public class PipelineConfiguration {

    /** Time after the drain, for the last commit and for leaving the group. */
    private static final Duration STOP_MARGIN = Duration.ofSeconds(30);

    /** So large a part of the records in flight may wait for the platform to tell of their devices while others are delivered. */
    private static final int SHARE_OF_WAITING = 2;

    /** Of so many devices, at most, the last dead letters are remembered. */
    private static final int REMEMBERED = 8_192;

    private static final int EXPANDED_SHARE_OF_HEAP = 8;

    @Bean
    Settlements settlements(Clock clock) {
        return new Settlements(clock);
    }

    @Bean(destroyMethod = "close")
    DeadLetterTopics deadLetterTopics(DeadLetters deadLetters, Settlements settlements) {
        return deadLetters.topics(settlements::deadLetterWritten);
    }

    /** Dead letters that devices had lately, for those who ask why. */
    @Bean
    RecentByDevice<List<RecentRejection>> recentRejections() {
        return new RecentByDevice<>(REMEMBERED);
    }

    @Bean
    LastDelivered lastDelivered(SteadyClock time) {
        return new LastDelivered(time);
    }

    @Bean
    RecordDecoders recordDecoders(RegistryDecoders withSchemas) {
        return RecordDecoders.standard(withSchemas::of);
    }

    @Bean
    ModelCheck modelCheck(ModelKeeper models, DeviceDirectory directory, ModelMeters meters) {
        meters.countChanges(models::changes);
        return new ModelCheck(models, directory::productOf, meters::found);
    }

    @Bean
    Relay relay(
            RoutesInForce routes,
            RecordDecoders decoders,
            ModelCheck models,
            DeviceDirectory directory,
            DevicesProperties devices,
            RecordsProperties records,
            SourceProperties source,
            Platform platform,
            Delivery delivery,
            Settlements settlements,
            DeadLetterTopics deadLetters,
            DeadLetterBudget budget,
            ObjectProvider<DeliveredReports> delivered,
            LastDelivered last,
            RecentByDevice<List<RecentRejection>> rejections,
            PausesInForce pauses,
            RecordMeters meters,
            Tracing tracing,
            SteadyClock time) {
        routes.current().encodings().forEach(decoders::of);
        return new Relay(
                routes,
                new Admission(
                        decoders,
                        new NodeNames(directory::named),
                        new Permission(directory),
                        new ModelGate(models),
                        platform.sizeLimit(),
                        records,
                        new DefectLog(time),
                        tracing),
                directory,
                new Addressing.Patience(
                        devices.unknownGrace(),
                        devices.platformLongestWait(),
                        source.maxInFlightRecords() / SHARE_OF_WAITING),
                platform.responseTimeout(),
                mostExpanded(source),
                delivery,
                settlements,
                deadLetters,
                budget,
                delivered.getIfAvailable(() -> DeliveredReports.NONE),
                last,
                rejections,
                pauses,
                meters,
                tracing,
                time);
    }

    /** What records become is bounded like the records themselves, and by the heap, which has to hold both. */
    private static long mostExpanded(SourceProperties source) {
        return Math.min(source.maxInFlightSize().toBytes(), Runtime.getRuntime().maxMemory() / EXPANDED_SHARE_OF_HEAP);
    }

    /** What is there only if the instances share the quota. */
    @Bean
    QuotaShare quotaShare(QuotaProperties quota, RequestLimits.Shared limits, RelayGauges gauges, SteadyClock time) {
        QuotaShare share = new QuotaShare(quota.isShared(), time);
        if (share.isShared()) {
            limits.reportRate().follow(() -> quota.messagesPerSecond() * share.part());
            gauges.show(RelayMeter.QUOTA_SHARE, share::part);
        }
        return share;
    }

    @Bean
    PollLoop pollLoop(
            Consumers consumers,
            RoutesInForce routes,
            Relay relay,
            SourceProperties properties,
            DeviceDirectory directory,
            PlatformContact contact,
            SharedTokens tokens,
            QuotaShare quota,
            PartitionMeters meters,
            Clock clock,
            SteadyClock time,
            RandomGenerator random) {
        return new PollLoop(
                consumers,
                new MappedTopics(routes, relay::mapped),
                relay,
                properties,
                () -> startWaitsFor(directory, contact, tokens),
                meters,
                clock,
                time,
                Backoff.standard(random),
                quota.isShared() ? Optional.of(quota::set) : Optional.empty());
    }

    /** Takes no partition from a working relay until this one can deliver. */
    private static Optional<String> startWaitsFor(
            DeviceDirectory directory, PlatformContact contact, SharedTokens tokens) {
        return directory.isLoaded()
                ? contact.trouble().map(PlatformContact.Trouble::describe).or(tokens::startWaitsFor)
                : Optional.of("the device directory is not loaded yet");
    }

    @Bean
    RelayLifecycle relayLifecycle(PollLoop loop, List<EndsBeforePolling> first, Settlements settlements) {
        return new RelayLifecycle(loop, first, settlements);
    }

    /** The context waits for the drain, whatever its timeout is. */
    @Bean
    DefaultLifecycleProcessor lifecycleProcessor(SourceProperties properties) {
        DefaultLifecycleProcessor processor = new DefaultLifecycleProcessor();
        processor.setTimeoutPerShutdownPhase(
                properties.drainTimeout().plus(STOP_MARGIN).toMillis());
        return processor;
    }
}
