package io.iotdarelay;

import io.iotdarelay.appside.ApplicationConnections;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.PlatformProperties;
import io.iotdarelay.commands.Surroundings.Application;
import io.iotdarelay.commands.Surroundings.ApplicationAccess;
import io.iotdarelay.limits.CallBreaker;
import io.iotdarelay.metrics.ApplicationMeters;
import io.iotdarelay.settings.SettingsReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/** Reaches the application side with the service's own client. It is connected when something is asked. */
final class CommandApplication implements ApplicationAccess {

    /** Long enough for the breaker's longest wait. What is misconfigured is not repeated. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final CommandConfiguration configuration;
    private final Clock clock;
    private final LongSupplier nanoTime;

    CommandApplication(CommandConfiguration configuration, Clock clock, LongSupplier nanoTime) {
        this.configuration = configuration;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    @Override
    public Optional<Application> open(List<String> arguments, OptionalDouble rate) {
        return configuration
                .preparedEnvironment(arguments)
                .flatMap(environment -> new SettingsReader(environment)
                        .read(PlatformProperties.class)
                        .filter(PlatformProperties::isConfigured)
                        .map(properties -> rate.isPresent() ? properties.withRate(rate.getAsDouble()) : properties)
                        .map(properties ->
                                new Opened(properties, configuration.bundle(environment, properties.sslBundle()))));
    }

    /** That of the configuration. */
    private final class Opened implements Application {

        private final PlatformProperties properties;
        private final ApplicationConnections connections;

        Opened(PlatformProperties properties, @Nullable SslBundle bundle) {
            this.properties = properties;
            this.connections = new ApplicationConnections(
                    properties,
                    bundle,
                    CallBreaker.usual("platform", clock),
                    new ApplicationMeters(new SimpleMeterRegistry()),
                    clock,
                    nanoTime);
        }

        @Override
        public ApplicationSide side() {
            return connections.side();
        }

        @Override
        public double rate() {
            return properties.requestsPerSecond();
        }

        @Override
        public Duration patience() {
            return PATIENCE;
        }

        @Override
        public void close() {
            connections.close();
        }
    }
}
