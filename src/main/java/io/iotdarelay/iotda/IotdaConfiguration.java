package io.iotdarelay.iotda;

import io.iotdarelay.lane.LaneProperties;
import io.iotdarelay.lane.Packing;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.PlatformContact;
import io.iotdarelay.tracing.Tracing;
import java.time.Clock;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.TrustManagerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the clients. */
@Configuration(proxyBeanMethods = false)
public class IotdaConfiguration {

    @Bean(destroyMethod = "close")
    IotdaClients iotdaClients(
            IotdaProperties properties,
            SslBundles bundles,
            RequestMeters meters,
            Tracing tracing,
            Clock clock,
            LongSupplier nanoTime) {
        String name = properties.sslBundle();
        IotdaClients clients = new IotdaClients(
                properties,
                Runtime.getRuntime().availableProcessors(),
                name == null ? null : trust(bundles.getBundle(name)),
                meters,
                tracing,
                clock,
                nanoTime);
        if (name != null) {
            bundles.addBundleUpdateHandler(name, renewed -> clients.trust(trust(renewed)));
        }
        return clients;
    }

    /** Which reports a lane may send together. */
    @Bean
    Packing packing(LaneProperties lanes) {
        return RequestPacking.upTo(lanes.maxRequestSize());
    }

    /** Starts at once, while the rest of the application is created. */
    @Bean(initMethod = "begin", destroyMethod = "close")
    PlatformContact platformContact(IotdaClients clients, RandomGenerator random) {
        return clients.contact(random);
    }

    private static TrustManagerFactory trust(SslBundle bundle) {
        return Objects.requireNonNull(bundle.getManagers().getTrustManagerFactory());
    }
}
