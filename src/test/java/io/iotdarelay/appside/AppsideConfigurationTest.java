package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.limits.CallBreaker;
import io.iotdarelay.limits.Limits;
import io.iotdarelay.metrics.ApplicationMeters;
import io.iotdarelay.metrics.RelayGauges;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class AppsideConfigurationTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void withoutAnApplicationSideNothingOfItExists() {
        try (AnnotationConfigApplicationContext context = context(Map.of())) {
            assertThat(context.getBeanNamesForType(ApplicationSide.class)).isEmpty();
            assertThat(context.getBeanNamesForType(ApplicationConnections.class))
                    .isEmpty();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void anEmptyEndpointIsNone() {
        try (AnnotationConfigApplicationContext context = context(Map.of("RELAY_PLATFORM_ENDPOINT", ""))) {
            assertThat(context.getBeanNamesForType(ApplicationSide.class)).isEmpty();
        }
    }

    @Test
    void theEndpointMakesItHoweverItIsGiven() {
        try (AnnotationConfigApplicationContext context =
                context(Map.of("RELAY_PLATFORM_ENDPOINT", "https://platform.example"))) {
            assertThat(context.getBean(ApplicationSide.class).status().rate()).isEqualTo(1000);
            assertThat(registry.get("relay.platform.rate").gauge().value()).isEqualTo(1000);
            assertThat(registry.get("relay.platform.waiting").gauge().value()).isZero();
        }
    }

    private AnnotationConfigApplicationContext context(Map<String, Object> environment) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", environment));
        ConfigurationPropertySources.attach(context.getEnvironment());
        context.registerBean(
                PlatformProperties.class,
                () -> Configured.at("https://platform.example").properties());
        context.registerBean(SslBundles.class, () -> new DefaultSslBundleRegistry());
        context.registerBean(CallBreaker.class, () -> Limits.callBreaker(Clock.systemUTC()));
        context.registerBean(ApplicationMeters.class, () -> new ApplicationMeters(registry));
        context.registerBean(RelayGauges.class, () -> new RelayGauges(registry));
        context.registerBean(Clock.class, Clock::systemUTC);
        context.registerBean(LongSupplier.class, () -> System::nanoTime);
        context.register(AppsideConfiguration.class);
        context.refresh();
        return context;
    }
}
