package io.iotdarelay.appside;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import reactor.core.publisher.Mono;

/**
 * The application side of the platform. Each call asks once, when it is subscribed to and it is its turn; it emits exactly one answer and
 * never fails. Callable from any thread; answers arrive on the application side's own event loop, which must not be blocked.
 */
public interface ApplicationSide {

    /** Which of a device's two secrets. Either is good for an authentication. */
    enum Which {
        PRIMARY,
        SECONDARY
    }

    /** A device, with its secrets. */
    Mono<Answer<Device>> device(DeviceId device);

    /** Creates a device. After a lost answer the same call may be made again: {@link Answer.Exists} then. */
    Mono<Answer<Device>> create(NewDevice device);

    /** Gives a device another secret, which is the answer. The same call may be made again. */
    Mono<Answer<DeviceSecret>> resetSecret(DeviceId device, Which which, DeviceSecret secret);

    /**
     * Moves a child behind another gateway, which is the answer. The same call may be made again.
     *
     * @param gateway a device that exists and is connected directly
     */
    Mono<Answer<DeviceId>> changeGateway(DeviceId child, DeviceId gateway);

    /**
     * A product, with its model.
     *
     * @param productId {@linkplain NewDevice#isProductId valid}
     */
    Mono<Answer<Product>> product(String productId);

    /** What the platform remembers of a device's reports. It may be seconds behind. */
    Mono<Answer<Shadow>> shadow(DeviceId device);

    /** The first page of a list. */
    Mono<Answer<DevicePage>> devices(DeviceQuery query);

    /** The page after another one of the same list, which has a next one. */
    Mono<Answer<DevicePage>> devices(DeviceQuery query, DevicePage before);

    /** How it is. */
    ApplicationStatus status();
}
