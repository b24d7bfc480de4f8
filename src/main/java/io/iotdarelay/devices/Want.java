package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Provision;
import java.util.Optional;

/**
 * Somebody has a report for a device that the directory does not know.
 *
 * @param device as the record names it
 * @param route the name under which the record is counted: those who ask for much wait for themselves
 * @param provision how the device is to be created should it not exist, if at all
 * @param isNew whether a record has just come; otherwise one still waits
 */
public record Want(DeviceId device, String route, Optional<Provision> provision, boolean isNew) {

    /** A report that still waits, of a device that is not to be created. */
    public static Want still(DeviceId device) {
        return new Want(device, "", Optional.empty(), false);
    }
}
