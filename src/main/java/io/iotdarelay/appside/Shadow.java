package io.iotdarelay.appside;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What the platform remembers of a device's properties: the last value of each. */
public record Shadow(DeviceId device, List<Service> services) {

    public Shadow {
        services = List.copyOf(services);
    }

    /** What was reported last of a service; empty if that is nothing. */
    public Optional<Reported> reported(String service) {
        return services.stream()
                .filter(each -> each.id().equals(service))
                .findFirst()
                .flatMap(Service::reported);
    }

    /**
     * The properties of one service.
     *
     * @param version how often it has changed
     * @param reported what the device reported last; empty if it never did
     */
    public record Service(String id, long version, Optional<Reported> reported) {}

    /**
     * What was reported last. Properties of earlier reports stay beside newer ones.
     *
     * @param properties an object; fractions are decimals with all their digits. Not to be changed.
     * @param time one for all properties, in whole seconds; empty if it cannot be read
     */
    public record Reported(JsonNode properties, Optional<Instant> time) {}
}
