package io.iotdarelay.telemetry;

import java.util.Optional;

/**
 * A device to create, as a record describes it. Nothing of it has been checked but the IDs of devices.
 *
 * @param route the name of the route whose rules count
 * @param nodeId the name that it has at home, such as a serial number
 * @param name a name for people
 * @param gateway the gateway that it is behind; empty if it is connected directly
 */
public record ProvisionRequest(
        String route,
        DeviceId device,
        String productId,
        String nodeId,
        Optional<String> name,
        Optional<DeviceId> gateway)
        implements Provision {}
