package io.iotdarelay.operate;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.limits.Obstacle;
import io.iotdarelay.source.PollLoop;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Ready: the consumer group has answered, the directory is loaded, and no configuration error stands, so that a bad roll-out
 * stops. An outage of the platform does not make a pod unready: nobody sends it traffic, and another pod would fare no better.
 */
final class ReadinessIndicator extends AbstractHealthIndicator {

    private final PollLoop loop;
    private final Delivery delivery;
    private final DeviceDirectory directory;

    ReadinessIndicator(PollLoop loop, Delivery delivery, DeviceDirectory directory) {
        super("readiness cannot be told");
        this.loop = loop;
        this.delivery = delivery;
        this.directory = directory;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        missing().ifPresentOrElse(why -> builder.outOfService().withDetail("reason", why), builder::up);
    }

    private Optional<String> missing() {
        if (!directory.isLoaded()) {
            return Optional.of("the device directory is not loaded");
        }
        if (!loop.status().joined()) {
            return Optional.of("the consumer group is not joined");
        }
        return delivery.status().obstacle().filter(Obstacle::misconfigured).map(Obstacle::detail);
    }
}
