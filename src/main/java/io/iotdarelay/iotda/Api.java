package io.iotdarelay.iotda;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;

/** The platform's four calls. */
enum Api {
    DEVICE_AUTH("device-auth"),
    MESSAGES("messages"),
    PROPERTIES("properties"),
    GATEWAY("gateway");

    /** Stands for a device's ID in a template. */
    static final String DEVICE = "{device_id}";

    private final String label;

    Api(String label) {
        this.label = label;
    }

    static Api of(Report report) {
        return switch (report) {
            case Report.Properties ignored -> PROPERTIES;
            case Report.ChildProperties ignored -> GATEWAY;
            case Report.Message ignored -> MESSAGES;
        };
    }

    /** As in the metrics. */
    String label() {
        return label;
    }

    /** The path of a call. (MQTT's topic of the same name spells it {@code sub_devices}.) */
    String path(DeviceId sender) {
        return path(sender.value());
    }

    /** The path without a device in it, the same for all. */
    String template() {
        return path(DEVICE);
    }

    private String path(String sender) {
        return switch (this) {
            case DEVICE_AUTH -> "/v5/device-auth";
            case MESSAGES -> "/v5/devices/" + sender + "/sys/messages/up";
            case PROPERTIES -> "/v5/devices/" + sender + "/sys/properties/report";
            case GATEWAY -> "/v5/devices/" + sender + "/sys/gateway/sub-devices/properties/report";
        };
    }
}
