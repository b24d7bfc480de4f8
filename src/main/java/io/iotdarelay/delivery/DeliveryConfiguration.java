package io.iotdarelay.delivery;

import io.iotdarelay.auth.SharedTokens;
import io.iotdarelay.auth.TokenCache;
import io.iotdarelay.auth.TokenProperties;
import io.iotdarelay.auth.TokenStore;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DevicesProperties;
import io.iotdarelay.lane.InFlightLimit;
import io.iotdarelay.lane.LaneProperties;
import io.iotdarelay.lane.Packing;
import io.iotdarelay.lane.Superseding;
import io.iotdarelay.limits.RequestLimits;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Platform;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.SteadyClock;
import io.iotdarelay.tracing.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires delivery: one loop per client. */
@Configuration(proxyBeanMethods = false)
public class DeliveryConfiguration {

    /** Of so many devices, at most, it is remembered how their last request ended. */
    private static final int REMEMBERED = 32_768;

    @Bean
    LaneRules laneRules(
            LaneProperties lanes,
            Packing packing,
            DevicesProperties devices,
            QuarantineProperties quarantine,
            RandomGenerator random) {
        return new LaneRules(
                new FailurePolicy(Backoff.standard(random), quarantine.failingAfter()),
                packing,
                lanes.linger(),
                devices.unknownGrace(),
                devices.platformLongestWait());
    }

    @Bean
    Delivery delivery(
            Platform platform,
            RequestLimits.Shared shared,
            DeviceDirectory directory,
            QuarantineProperties quarantine,
            LaneProperties lanes,
            LaneRules rules,
            TokenProperties tokens,
            SharedTokens sharedTokens,
            OutcomeSink outcomes,
            RequestMeters meters,
            RelayGauges gauges,
            Tracing tracing,
            SteadyClock time,
            LongSupplier nanoTime,
            RandomGenerator random) {
        int requests = Math.min(lanes.maxInFlightRequests(), platform.maxConnections());
        int slowRequests = platform.maxConnections() - requests;
        int count = Math.min(platform.clients().size(), requests);
        List<DeliveryLoop> loops = new ArrayList<>();
        List<TokenStore> stores = new ArrayList<>();
        int devices = tokens.mostDevices(Runtime.getRuntime().maxMemory());
        LaneOutcomes laneOutcomes = new LaneOutcomes(outcomes);
        Superseding.Rule superseding = new Superseding.Rule(rules.packing(), lanes.keep(), laneOutcomes::superseded);
        RecentByDevice<LastRequest> recent = new RecentByDevice<>(REMEMBERED);
        for (int i = 0; i < count; i++) {
            PlatformClient client = platform.clients().get(i);
            RequestLimits limits = new RequestLimits(
                    shared,
                    new RequestLimits.Share(
                            Platform.share(requests, count, i),
                            Platform.share(slowRequests, count, i),
                            lanes.inFlightLimit() == InFlightLimit.ADAPTIVE,
                            lanes.maxAge()),
                    client.loop(),
                    nanoTime);
            AwaitedTokens awaited = new AwaitedTokens();
            TokenStore store = new TokenStore(Math.ceilDiv(devices, count), nanoTime);
            stores.add(store);
            loops.add(new DeliveryLoop(new LaneResources(
                    client,
                    limits,
                    new TokenCache(
                            store,
                            sharedTokens,
                            new LimitedAuthenticator(client, limits, awaited),
                            directory,
                            tokens.renewAt(),
                            client.loop(),
                            nanoTime,
                            random,
                            meters),
                    awaited,
                    directory,
                    new Quarantine(quarantine.probeAfter(), time),
                    rules,
                    new Spacing(lanes.minInterval(), nanoTime),
                    laneOutcomes,
                    superseding,
                    new DefectLog(time),
                    recent,
                    meters,
                    tracing,
                    time)));
        }
        Delivery delivery = new Delivery(loops, shared, recent, time);
        gauges.show(
                RelayMeter.TOKENS_CACHED,
                () -> stores.stream().mapToLong(TokenStore::size).sum());
        gauges.show(RelayMeter.DEVICES_QUARANTINED, delivery::quarantinedCount);
        return delivery;
    }
}
