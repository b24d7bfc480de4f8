package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.mapping.Draft;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A report that is written, whose lane may depend on the directory. */
sealed interface Written {

    /** The device that the report is about. */
    DeviceId about();

    /** The device that has to be in the directory. */
    DeviceId wanted();

    /** The report's own part of a request. */
    Json json();

    /** The report with the IDs of devices in the place of what the record called them, where the directory knows better by now. */
    Written named(DeviceDirectory directory);

    /** The report as the directory knows its devices now: by their IDs, and a child by its gateway. */
    default Written in(DeviceDirectory directory) {
        Written named = named(directory);
        return named instanceof GatewayWanted child
                ? directory
                        .gatewayOf(child.child())
                        .<Written>map(child::through)
                        .orElse(child)
                : named;
    }

    /** The report, if the directory has all that it needs to be sent. It is as the directory knows its devices now. */
    default Optional<Report> sendableBy(DeviceDirectory directory) {
        return this instanceof Ready ready && directory.credentials(wanted()).isPresent()
                ? Optional.of(ready.report())
                : Optional.empty();
    }

    /**
     * Why it is not sent where the directory does not know a device.
     *
     * @param why that is so; empty if nobody says
     */
    default Rejection unknown(DeviceId missing, String why) {
        return Rejection.of(
                        RejectionReason.UNKNOWN_DEVICE,
                        RejectionReason.UNKNOWN_DEVICE.meaning() + ": " + missing + (why.isEmpty() ? "" : "; " + why))
                .about(about());
    }

    /** A report that knows its sender, whose secret has to be in the directory. */
    record Ready(Report report) implements Written {

        @Override
        public DeviceId about() {
            return report.device();
        }

        @Override
        public DeviceId wanted() {
            return report.sender();
        }

        @Override
        public Json json() {
            return report.json();
        }

        @Override
        public Ready named(DeviceDirectory directory) {
            DeviceId device = directory.named(report.device());
            DeviceId sender = directory.named(report.sender());
            if (device.equals(report.device()) && sender.equals(report.sender())) {
                return this;
            }
            return new Ready(
                    switch (report) {
                        case Report.Properties properties -> new Report.Properties(device, properties.json());
                        case Report.Message message -> new Report.Message(device, message.json());
                        case Report.ChildProperties child -> new Report.ChildProperties(device, sender, child.json());
                    });
        }
    }

    /** A child's report, whose gateway has to be looked up in the directory. */
    record GatewayWanted(DeviceId child, Json json) implements Written {

        @Override
        public DeviceId about() {
            return child;
        }

        @Override
        public DeviceId wanted() {
            return child;
        }

        @Override
        public GatewayWanted named(DeviceDirectory directory) {
            DeviceId device = directory.named(child);
            return device.equals(child) ? this : new GatewayWanted(device, json);
        }

        /** The report, now that the gateway is known. */
        Ready through(DeviceId gateway) {
            return new Ready(new Report.ChildProperties(child, gateway, json));
        }
    }

    /** Writes a report; its tree is not needed any more. Nothing where it has more bytes than {@code most}. */
    static Optional<Written> of(Draft.Reportable draft, int most) {
        return draft.write(most).map(json -> of(draft, json));
    }

    private static Written of(Draft.Reportable draft, Json json) {
        return switch (draft) {
            case Draft.Properties properties -> new Ready(new Report.Properties(properties.about(), json));
            case Draft.Message message -> new Ready(new Report.Message(message.about(), json));
            case Draft.ChildProperties child -> through(child.gateway(), new GatewayWanted(child.about(), json));
        };
    }

    private static Written through(@Nullable DeviceId gateway, GatewayWanted child) {
        return gateway == null ? child : child.through(gateway);
    }
}
