package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.mapping.Draft;
import io.iotdarelay.mapping.PermittedDevices;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a route may speak for the devices of a report: the one that it is about, and the gateway that carries it, unless the
 * directory itself names it as that child's gateway.
 *
 * @param directory without it no device is in another group, and every gateway is its child's
 */
record Permission(Optional<? extends DeviceDirectory> directory) {

    /** What the rule says. */
    sealed interface Answer {

        record Permitted() implements Answer {}

        /** The route may not speak for this device. */
        record Refused(DeviceId device) implements Answer {}

        /** It depends on this device's group, and the directory does not know the device. */
        record Unknown(DeviceId device) implements Answer {}
    }

    private static final Answer PERMITTED = new Answer.Permitted();

    Permission(DeviceDirectory directory) {
        this(Optional.of(directory));
    }

    /** What the rule says about a report that is about to be sent. */
    Answer of(PermittedDevices permitted, Report report) {
        return permitted.areAll() ? PERMITTED : of(permitted, report.device(), report.sender());
    }

    /**
     * The draft, or its refusal as far as the directory shows it already. A name that the directory does not know may be a node's, so it
     * has to wait. The refusal comes before anything else that may be wrong with the report.
     */
    Draft pass(PermittedDevices permitted, Draft draft) {
        if (permitted.areAll()) {
            return draft;
        }
        return switch (draft) {
            case Draft.ChildProperties child -> pass(permitted, child, child.about(), child.gateway());
            case Draft.Reportable reportable -> pass(permitted, reportable, reportable.about(), null);
            case Draft.Unmappable unmappable -> {
                DeviceId device = unmappable.rejection().device();
                yield device == null ? unmappable : pass(permitted, unmappable, named(device), null);
            }
            case Draft.Nothing nothing -> nothing;
        };
    }

    private Draft pass(PermittedDevices permitted, Draft draft, DeviceId about, @Nullable DeviceId gateway) {
        return of(permitted, about, gateway == null ? about : gateway) instanceof Answer.Refused refused
                        && find(refused.device()).isPresent()
                ? new Draft.Unmappable(refusal(about, refused.device()))
                : draft;
    }

    /**
     * Why a report is not sent.
     *
     * @param refused the device for which the route may not speak: the report's own, or its gateway
     */
    static Rejection refusal(DeviceId about, DeviceId refused) {
        return Rejection.of(
                        RejectionReason.NOT_PERMITTED,
                        "the route may not speak for " + (refused.equals(about) ? "device " : "gateway ") + refused
                                + " (relay.routes[].devices)")
                .about(about);
    }

    private Answer of(PermittedDevices permitted, DeviceId device, DeviceId sender) {
        Answer own = of(permitted, device);
        return own instanceof Answer.Permitted && !sender.equals(device) && !isGatewayOf(device, sender)
                ? of(permitted, sender)
                : own;
    }

    private Answer of(PermittedDevices permitted, DeviceId device) {
        if (!permitted.permitId(device)) {
            return new Answer.Refused(device);
        }
        if (permitted.group() == null || directory.isEmpty()) {
            return PERMITTED;
        }
        DirectoryEntry entry = find(device).orElse(null);
        if (entry == null) {
            return new Answer.Unknown(device);
        }
        return permitted.group().equals(entry.group()) ? PERMITTED : new Answer.Refused(device);
    }

    private boolean isGatewayOf(DeviceId child, DeviceId gateway) {
        return directory.isEmpty()
                || directory.get().gatewayOf(child).filter(gateway::equals).isPresent();
    }

    private Optional<DirectoryEntry> find(DeviceId device) {
        return directory.flatMap(known -> known.find(device));
    }

    private DeviceId named(DeviceId name) {
        return directory.map(known -> known.named(name)).orElse(name);
    }
}
