package io.iotdarelay.iotda;

import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.tracing.Tracing;
import java.time.Clock;
import java.util.Objects;
import java.util.function.LongSupplier;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
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
        return new IotdaClients(
                properties,
                Runtime.getRuntime().availableProcessors(),
                trust(properties.sslBundle(), bundles),
                meters,
                tracing,
                clock,
                nanoTime);
    }

    private static @Nullable TrustManagerFactory trust(@Nullable String bundle, SslBundles bundles) {
        return bundle == null
                ? null
                : Objects.requireNonNull(bundles.getBundle(bundle).getManagers().getTrustManagerFactory());
    }
}
