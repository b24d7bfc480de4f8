package io.iotdarelay.pipeline;

import io.iotdarelay.mapping.Draft;
import io.iotdarelay.telemetry.DeviceId;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Puts the IDs of devices in the place of what records call them, where the directory knows better.
 *
 * @param ids the ID of a device that a record names; what is unknown stays as it is
 */
record NodeNames(UnaryOperator<DeviceId> ids) {

    Draft.Reportable resolve(Draft.Reportable draft) {
        DeviceId about = ids.apply(draft.about());
        return switch (draft) {
            case Draft.Properties properties ->
                about.equals(properties.about()) ? properties : new Draft.Properties(about, properties.services());
            case Draft.Message message ->
                about.equals(message.about()) ? message : new Draft.Message(about, message.body());
            case Draft.ChildProperties child -> {
                DeviceId gateway = child.gateway() == null ? null : ids.apply(child.gateway());
                yield about.equals(child.about()) && Objects.equals(gateway, child.gateway())
                        ? child
                        : new Draft.ChildProperties(about, gateway, child.services());
            }
        };
    }
}
