package io.iotdarelay.operate;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryStatus;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether the device directory is loaded and can be read. */
final class DevicesHealthIndicator extends AbstractHealthIndicator {

    private final DeviceDirectory directory;

    DevicesHealthIndicator(DeviceDirectory directory) {
        super("the status of the device directory cannot be determined");
        this.directory = directory;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        DirectoryStatus status = directory.status();
        boolean healthy = status.loaded() && status.trouble().isEmpty();
        (healthy ? builder.up() : builder.down())
                .withDetail("loaded", status.loaded())
                .withDetail("devices", status.devices())
                .withDetail("brokenEntries", status.brokenEntries());
        status.changed().ifPresent(changed -> builder.withDetail("changed", changed));
        status.trouble().ifPresent(why -> builder.withDetail("reason", why));
        status.lookups().ifPresent(lookups -> {
            builder.withDetail("platformKnown", lookups.known())
                    .withDetail("platformAbsent", lookups.absent())
                    .withDetail("platformWaiting", lookups.waiting());
            lookups.trouble().ifPresent(why -> builder.withDetail("platformTrouble", why));
        });
        if (!status.broken().isEmpty()) {
            builder.withDetail("broken", status.broken());
        }
    }
}
