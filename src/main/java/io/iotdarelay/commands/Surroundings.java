package io.iotdarelay.commands;

import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.iotda.IotdaProperties;
import io.iotdarelay.telemetry.DeviceCredentials;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import javax.net.ssl.TrustManagerFactory;
import reactor.core.publisher.Mono;

/**
 * What a verb needs from outside.
 *
 * @param terminal whether somebody looks on, so that progress may be shown
 */
public record Surroundings(
        ConfigurationReader configuration,
        PlatformProbe platform,
        RegistryAccess registry,
        ApplicationAccess application,
        InputStream in,
        PrintWriter out,
        PrintWriter err,
        boolean terminal,
        Clock clock,
        LongSupplier nanoTime) {

    /** Reads the configuration. */
    public interface ConfigurationReader {

        /**
         * Reads it as the service would.
         *
         * @param arguments those of Spring, such as {@code --spring.config.additional-location=file:relay.yaml}
         */
        Configured read(List<String> arguments);

        /**
         * Reads a route on its own, or a list of routes, in YAML. Name and topics are added where it has none.
         *
         * @param origin where it stands, for messages
         */
        Configured route(String yaml, String origin, String topic);

        /** Reads a configuration that is not in a file, and nothing else. */
        Configured yaml(String yaml, String origin);
    }

    /** Reads values whose schemas are in a registry. */
    @FunctionalInterface
    public interface RegistryAccess {

        /**
         * Connects nothing yet.
         *
         * @param arguments those of Spring
         */
        Schemas open(List<String> arguments);
    }

    /** The schemas of a registry. Who asks waits for the answer; what does not come in time is awaited, as the service would do. */
    public interface Schemas extends RecordDecoders, AutoCloseable {

        /** Asks each address of the registry for something, and returns what is wrong; nothing where none is configured. */
        List<String> ask();

        @Override
        void close();
    }

    /** Asks the platform. */
    @FunctionalInterface
    public interface PlatformProbe {

        /**
         * Reaches the platform, and authenticates a device if one is given.
         *
         * @param trust whom to trust; those whom the JVM trusts without it
         * @return what is wrong, if so
         */
        Optional<String> ask(
                IotdaProperties platform, Optional<TrustManagerFactory> trust, Optional<DeviceCredentials> device);
    }

    /** Reaches the application side of the platform. */
    @FunctionalInterface
    public interface ApplicationAccess {

        /**
         * Connects nothing yet.
         *
         * @param arguments those of Spring
         * @param rate how many calls a second are made, instead of what is configured
         * @return empty where no application side is configured, or the configuration is wrong
         */
        Optional<Application> open(List<String> arguments, OptionalDouble rate);
    }

    /** The application side, until it is closed. */
    public interface Application extends AutoCloseable {

        ApplicationSide side();

        /** The calls of a second, at most. */
        double rate();

        /** How long calls are repeated while none succeeds. */
        Duration patience();

        /** Completes after this time. */
        default Mono<Void> rest(Duration time) {
            return Mono.delay(time).then();
        }

        @Override
        void close();
    }
}
