package io.iotdarelay.appside;

import io.iotdarelay.limits.CallBreaker;
import io.iotdarelay.metrics.ApplicationMeters;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Wires the application side, if there is one. Otherwise nothing of it exists. */
@Configuration(proxyBeanMethods = false)
@Conditional(AppsideConfiguration.IsConfigured.class)
public class AppsideConfiguration {

    /** Whether there is an application side; an empty endpoint is none. */
    public static class IsConfigured implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !Binder.get(context.getEnvironment())
                    .bind("relay.platform.endpoint", String.class)
                    .orElse("")
                    .isBlank();
        }
    }

    /** Whether there is one, and a use of it is wanted. What is no truth value is not: the settings report it. */
    public abstract static class IsUsed extends IsConfigured {

        private final String key;

        protected IsUsed(String key) {
            this.key = key;
        }

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return super.matches(context, metadata)
                    && Binder.get(context.getEnvironment())
                            .bind(key, Bindable.of(Boolean.class), new IgnoreErrorsBindHandler())
                            .orElse(false);
        }
    }

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
