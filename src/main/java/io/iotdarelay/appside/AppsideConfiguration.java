package io.iotdarelay.appside;

import io.iotdarelay.limits.CallBreaker;
import io.iotdarelay.metrics.ApplicationMeters;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the application side, if there is one. Otherwise nothing of it exists. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("relay.platform.endpoint")
public class AppsideConfiguration {

    @Bean(destroyMethod = "close")
    ApplicationConnections applicationConnections(
            PlatformProperties properties,
            SslBundles bundles,
            CallBreaker breaker,
            ApplicationMeters meters,
            Clock clock,
            LongSupplier nanoTime) {
        String name = properties.sslBundle();
        ApplicationConnections connections = new ApplicationConnections(
                properties, name == null ? null : bundles.getBundle(name), breaker, meters, clock, nanoTime);
        if (name != null) {
            bundles.addBundleUpdateHandler(name, connections::use);
        }
        return connections;
    }

    @Bean
    ApplicationSide applicationSide(ApplicationConnections connections, RelayGauges gauges) {
        ApplicationSide side = connections.side();
        gauges.show(RelayMeter.PLATFORM_RATE, () -> side.status().rate());
        gauges.show(RelayMeter.PLATFORM_WAITING, () -> side.status().waiting());
        return side;
    }
}
