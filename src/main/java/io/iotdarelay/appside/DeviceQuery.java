package io.iotdarelay.appside;

import io.iotdarelay.telemetry.DeviceId;
import java.util.Optional;

/** Which devices to list: those that fit all that is given. */
public record DeviceQuery(Optional<String> productId, Optional<DeviceId> gateway, Optional<String> nodeId) {

    public static final DeviceQuery ALL = new DeviceQuery(Optional.empty(), Optional.empty(), Optional.empty());

    public static DeviceQuery ofProduct(String productId) {
        return new DeviceQuery(Optional.of(productId), Optional.empty(), Optional.empty());
    }

    public static DeviceQuery behind(DeviceId gateway) {
        return new DeviceQuery(Optional.empty(), Optional.of(gateway), Optional.empty());
    }

    public static DeviceQuery named(String nodeId) {
        return new DeviceQuery(Optional.empty(), Optional.empty(), Optional.of(nodeId));
    }
}
