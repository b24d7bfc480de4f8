package io.iotdarelay.telemetry;

import java.util.List;
import java.util.Optional;

/** How a device of a report is to be created, should nobody know it. */
public sealed interface Provision permits ProvisionRequest, Provision.Impossible {

    /** The device that it is about. */
    DeviceId device();

    /**
     * The record does not say what is needed to create the device.
     *
     * @param why a readable explanation
     */
    record Impossible(DeviceId device, String why) implements Provision {}

    /** What is said about one device; empty if nothing is: it is not to be created. */
    static Optional<Provision> of(DeviceId device, List<Provision> provisions) {
        for (Provision each : provisions) {
            if (each.device().equals(device)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
