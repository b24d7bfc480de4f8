package io.iotdarelay.provisioning;

import io.iotdarelay.metrics.RegistrationMeters;
import io.iotdarelay.provisioning.Ending.Outcome;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.ProvisionRequest;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The audit trail of devices that were to be created, and their numbers. What hostile records could repeat without end is not logged for each
 * of them. Belongs to one thread.
 */
final class RegistrationLog {

    private static final Logger log = LoggerFactory.getLogger(RegistrationLog.class);

    private static final int MOST_WARNINGS = 100;

    private final RegistrationMeters meters;
    private final InstantSource time;
    private final HourlyCap warnings = new HourlyCap();

    RegistrationLog(RegistrationMeters meters, InstantSource time) {
        this.meters = meters;
        this.time = time;
    }

    void ended(ProvisionRequest request, Ending ending) {
        meters.registered(request.route(), ending.outcome().label());
        switch (ending.outcome()) {
            case CREATED -> say(Level.INFO, "A device was created on the platform", request, ending);
            case EXISTED -> say(Level.INFO, "A device to create is on the platform already", request, ending);
            case MOVED -> say(Level.INFO, "A child was moved behind another gateway on the platform", request, ending);
            case DRY_RUN -> say(Level.INFO, "A device would be created on the platform (dry-run)", request, ending);
            case REFUSED, LOST -> say(warning(), "A device was not created on the platform", request, ending);
            case NOT_PERMITTED, WITHHELD, CAPPED ->
                say(Level.DEBUG, "A device was not created on the platform", request, ending);
        }
    }

    /** A route has created as many devices as it may. */
    void capped(String route, int mostPerHour) {
        log.atWarn()
                .addKeyValue("route", route)
                .addKeyValue("mostPerHour", mostPerHour)
                .log("The route creates no more devices for now: it has reached its cap (provision.most-per-hour)");
    }

    private Level warning() {
        Instant now = time.instant();
        return warnings.tryTake(MOST_WARNINGS, now).isPresent() ? Level.WARN : Level.DEBUG;
    }

    /** Never with the device's name: anything may stand in it. */
    private static void say(Level level, String what, ProvisionRequest request, Ending ending) {
        var line = log.atLevel(level).addKeyValue("route", request.route()).addKeyValue("deviceId", request.device());
        if (ending.outcome() != Outcome.NOT_PERMITTED) { // checked, so they are short
            line = line.addKeyValue("productId", request.productId()).addKeyValue("nodeId", request.nodeId());
        }
        line = request.gateway().isPresent()
                ? line.addKeyValue(
                        "gatewayId", request.gateway().map(DeviceId::value).orElse(""))
                : line;
        line = ending.why().isEmpty() ? line : line.addKeyValue("reason", ending.why());
        line.log(what);
    }
}
