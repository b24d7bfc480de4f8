package io.iotdarelay.devices;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Settings of directories without the platform. */
final class DevicesSettings {

    private DevicesSettings() {}

    static DevicesProperties of(@Nullable String file, @Nullable String topic) {
        return new DevicesProperties(
                file,
                topic,
                Duration.ZERO,
                false,
                Duration.ofHours(6),
                Duration.ofMinutes(5),
                100_000,
                Duration.ofHours(1),
                false,
                DevicesProperties.Keeping.MEMORY);
    }
}
