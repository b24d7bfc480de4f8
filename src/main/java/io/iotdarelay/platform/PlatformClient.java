package io.iotdarelay.platform;

import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.tracing.RequestTrace;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Calls a platform. Lives on one event loop, and completes its calls there. */
public interface PlatformClient {

    /** The event loop. */
    Scheduler loop();

    /** Fetches a token. An older one of the same device expires 30 seconds later. */
    Mono<Authentication> authenticate(DeviceCredentials credentials);

    /** What a request with these reports costs of the quota. */
    double cost(List<Report> reports);

    /**
     * Sends reports of one kind and one sender in one request. Cancelling gives the request up.
     *
     * @param trace follows the request; the caller ends it
     */
    Mono<Verdict> report(AccessToken token, List<Report> reports, RequestTrace trace);
}
