package io.iotdarelay.operate;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.limits.Obstacle;
import io.iotdarelay.platform.PlatformContact;
import io.iotdarelay.source.PollLoop;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Ready: the directory is loaded, the platform has been reached once, the consumer group has answered, and there is no
 * configuration error, so that a bad roll-out stops. A later outage does not make a pod unready: no traffic is sent to it,
 * and another pod would have the same problem.
 */
final class ReadinessIndicator extends AbstractHealthIndicator {

    private final PollLoop loop;
    private final Delivery delivery;
    private final DeviceDirectory directory;
    private final PlatformContact contact;

    ReadinessIndicator(PollLoop loop, Delivery delivery, DeviceDirectory directory, PlatformContact contact) {
        super("readiness cannot be determined");
        this.loop = loop;
        this.delivery = delivery;
        this.directory = directory;
        this.contact = contact;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        missing().ifPresentOrElse(why -> builder.outOfService().withDetail("reason", why), builder::up);
    }

    private Optional<String> missing() {
        if (!directory.isLoaded()) {
            return Optional.of("the device directory is not loaded");
        }
        Optional<PlatformContact.Trouble> unreached = contact.trouble();
        if (unreached.isPresent()) {
            return unreached.map(PlatformContact.Trouble::describe);
        }
        if (!loop.status().joined()) {
            return Optional.of("the consumer group is not joined");
        }
        return delivery.status().obstacle().filter(Obstacle::misconfigured).map(Obstacle::detail);
    }
}
