package io.iotdarelay.provisioning;

import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.telemetry.DeviceSecret;
import java.util.List;

/**
 * A device that the platform has told of.
 *
 * @param entry with the first of its secrets, if it has any
 * @param secrets either of which it may authenticate with
 * @param due when to ask again, in nanoseconds
 * @param missed whether the platform did not have it when it was asked again
 */
record Known(DirectoryEntry entry, List<DeviceSecret> secrets, long due, boolean missed) {

    Known {
        secrets = List.copyOf(secrets);
    }

    Known due(long later) {
        return new Known(entry, secrets, later, missed);
    }

    Known missedUntil(long later) {
        return new Known(entry, secrets, later, true);
    }

    /** The platform lets it in after all. */
    Known withoutBarrier() {
        return new Known(
                new DirectoryEntry(
                        entry.device(), entry.secret(), entry.gateway(), entry.product(), entry.node(), entry.group()),
                secrets,
                due,
                missed);
    }
}
