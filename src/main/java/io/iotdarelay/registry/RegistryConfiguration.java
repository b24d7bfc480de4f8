package io.iotdarelay.registry;

import io.iotdarelay.metrics.RegistryMeters;
import io.iotdarelay.telemetry.Backoff;
import io.iotdarelay.telemetry.SteadyClock;
import java.util.random.RandomGenerator;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the decoders that need a registry. */
@Configuration(proxyBeanMethods = false)
public class RegistryConfiguration {

    @Bean(destroyMethod = "close")
    RegistryDecoders registryDecoders(
            RegistryProperties properties,
            SslBundles bundles,
            RegistryMeters meters,
            RandomGenerator random,
            SteadyClock time) {
        return new RegistryDecoders(() -> {
            String name = properties.sslBundle();
            RegistryClient client = new RegistryClient(
                    properties, name == null ? null : bundles.getBundle(name), meters, Backoff.standard(random), time);
            if (name != null) {
                bundles.addBundleUpdateHandler(name, client::use);
            }
            return client;
        });
    }
}
