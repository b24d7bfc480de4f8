package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.DeviceId;
import java.util.function.Predicate;

/** Which devices of an event loop have records that wait for a token: they authenticate before those that only renew one. */
final class AwaitedTokens {

    private Predicate<DeviceId> lanes = device -> false;

    /** From now on, these lanes say so. */
    void of(Predicate<DeviceId> waiting) {
        lanes = waiting;
    }

    boolean isAwaited(DeviceId device) {
        return lanes.test(device);
    }
}
