package io.iotdarelay;

import io.iotdarelay.commands.Surroundings.PlatformProbe;
import io.iotdarelay.iotda.IotdaClients;
import io.iotdarelay.iotda.IotdaProperties;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.PlatformContact;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.tracing.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.net.ssl.TrustManagerFactory;

/** Asks the platform with the service's own client. */
final class CommandPlatform implements PlatformProbe {

    private final Clock clock;
    private final LongSupplier nanoTime;

    CommandPlatform(Clock clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    @Override
    public Optional<String> ask(
            IotdaProperties platform, Optional<TrustManagerFactory> trust, Optional<DeviceCredentials> device) {
        Duration atMost =
                platform.connectTimeout().plus(platform.responseTimeout()).plusSeconds(1);
        try (IotdaClients clients = new IotdaClients(
                platform,
                1,
                trust.orElse(null),
                new RequestMeters(new SimpleMeterRegistry()),
                Tracing.OFF,
                clock,
                nanoTime)) {
            Optional<PlatformContact.Trouble> trouble =
                    Objects.requireNonNull(clients.handshake().block(atMost));
            if (trouble.isPresent() || device.isEmpty()) {
                return trouble.map(PlatformContact.Trouble::detail);
            }
            Authentication answer = Objects.requireNonNull(
                    clients.clients().getFirst().authenticate(device.get()).block(atMost));
            return switch (answer) {
                case Authentication.Granted ignored -> Optional.empty();
                case Authentication.Postponed ignored -> Optional.of("no request was sent");
                case Authentication.Denied denied ->
                    Optional.of("device " + device.get().device() + " cannot authenticate: "
                            + denied.verdict().describe());
            };
        }
    }
}
