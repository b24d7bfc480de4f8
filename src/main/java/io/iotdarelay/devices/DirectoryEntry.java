package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A device's entry in the directory.
 *
 * @param secret its secret; a child device needs none
 * @param gateway the gateway that carries its reports, for a child device
 */
public record DirectoryEntry(
        DeviceId device,
        @Nullable DeviceSecret secret,
        @Nullable DeviceId gateway) {

    public DirectoryEntry {
        if (secret == null && gateway == null) {
            throw new IllegalArgumentException("a device needs a secret, or a gateway");
        }
    }

    /** The device's credentials, if it has a secret. */
    public Optional<DeviceCredentials> credentials() {
        return secret == null ? Optional.empty() : Optional.of(new DeviceCredentials(device, secret));
    }
}
