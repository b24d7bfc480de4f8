package io.iotdarelay.appside;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.util.Optional;

/**
 * A device as the platform has it.
 *
 * @param nodeId the name that it has at home, such as a serial number
 * @param gateway the gateway that it is behind; empty if it is connected directly
 * @param secret empty in lists, and where the platform does not show it
 * @param secondarySecret another one with which it may authenticate as well
 */
public record Device(
        DeviceId id,
        String nodeId,
        String productId,
        Optional<DeviceId> gateway,
        Status status,
        Proof proof,
        Optional<DeviceSecret> secret,
        Optional<DeviceSecret> secondarySecret) {

    /** The same device behind a gateway. */
    public Device behind(DeviceId other) {
        return new Device(id, nodeId, productId, Optional.of(other), status, proof, secret, secondarySecret);
    }

    /** As the platform names them; all that is not named here is {@link #OTHER}. */
    public enum Status {
        ONLINE,
        OFFLINE,
        ABNORMAL,
        /** It has never been connected. */
        INACTIVE,
        FROZEN,
        OTHER
    }

    /** How it authenticates. */
    public enum Proof {
        SECRET,
        CERTIFICATES,
        OTHER
    }
}
