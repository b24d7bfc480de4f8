package io.iotdarelay.mapping;

import com.google.re2j.Pattern;
import io.iotdarelay.telemetry.ProvisionRequest;
import org.jspecify.annotations.Nullable;

/**
 * What a route allows for new devices.
 *
 * @param ids matches the whole IDs of devices that may be created
 * @param gatewayIds the same for gateways of children; none may be created without
 * @param speaksFor the devices for which the route may speak: it creates no other ones
 * @param throughGateways whether its devices are children
 * @param mostPerHour how many may be created in an hour
 * @param dryRun whether they are only said to be created
 * @param changeGateway whether children may be moved to other gateways
 */
public record Provisioning(
        Pattern ids,
        @Nullable Pattern gatewayIds,
        PermittedDevices speaksFor,
        boolean throughGateways,
        int mostPerHour,
        boolean dryRun,
        boolean changeGateway) {

    /** Whether a device of this ID may be created, and behind this gateway: who names it could speak through it from then on. */
    public boolean permits(ProvisionRequest request) {
        Pattern pattern = throughGateways && request.gateway().isEmpty() ? gatewayIds : ids;
        return pattern != null
                && pattern.matches(request.device().value())
                && speaksFor.permitId(request.device())
                && request.gateway().map(speaksFor::permitId).orElse(true);
    }
}
