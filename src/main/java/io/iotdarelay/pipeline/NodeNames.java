package io.iotdarelay.pipeline;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.mapping.Draft;
import io.iotdarelay.telemetry.DeviceId;
import java.util.Objects;

/** Puts the IDs of devices in the place of what records call them, where the directory knows better. */
record NodeNames(DeviceDirectory directory) {

    Draft.Reportable resolve(Draft.Reportable draft) {
        DeviceId about = directory.named(draft.about());
        return switch (draft) {
            case Draft.Properties properties ->
                about.equals(properties.about()) ? properties : new Draft.Properties(about, properties.services());
            case Draft.Message message ->
                about.equals(message.about()) ? message : new Draft.Message(about, message.body());
            case Draft.ChildProperties child -> {
                DeviceId gateway = child.gateway() == null ? null : directory.named(child.gateway());
                yield about.equals(child.about()) && Objects.equals(gateway, child.gateway())
                        ? child
                        : new Draft.ChildProperties(about, gateway, child.services());
            }
        };
    }
}
