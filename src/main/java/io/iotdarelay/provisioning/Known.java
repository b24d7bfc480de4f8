package io.iotdarelay.provisioning;

import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.telemetry.DeviceSecret;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device that the platform has told of.
 *
 * @param entry with the first of its secrets, if it has any
 * @param secrets either of which it may authenticate with
 * @param due when to ask again, in nanoseconds
 */
record Known(DirectoryEntry entry, List<DeviceSecret> secrets, long due) {

    Known {
        secrets = List.copyOf(secrets);
    }

    Known due(long later) {
        return new Known(entry, secrets, later);
    }

    /** The platform lets it in after all. Nothing if nothing else is known of it. */
    @Nullable
    Known withoutBarrier() {
        if (entry.secret() == null && entry.gateway() == null) {
            return null;
        }
        return new Known(
                new DirectoryEntry(
                        entry.device(), entry.secret(), entry.gateway(), entry.product(), entry.node(), entry.group()),
                secrets,
                due);
    }
}
