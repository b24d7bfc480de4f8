package io.iotdarelay.provisioning;

import io.iotdarelay.telemetry.ProvisionRequest;
import reactor.core.publisher.Mono;

/** Creates devices on the platform, where a route allows it. Callable from any thread. */
public interface Registrar {

    /**
     * Creates a device, or finds that it is there. Emits exactly one answer and never fails. Of several requests for a device at the
     * same time only the first one is carried out, and all get its answer. A request that was subscribed to is carried out to its end,
     * even if nobody waits for it any more.
     */
    Mono<Registration> register(ProvisionRequest request);
}
