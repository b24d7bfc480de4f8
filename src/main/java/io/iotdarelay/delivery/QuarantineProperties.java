package io.iotdarelay.delivery;

import io.iotdarelay.settings.Between;
import io.iotdarelay.settings.Requirements;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Devices that are set aside, because the platform refuses them, or because they fail while others succeed.
 *
 * @param probeAfter how long after a device was set aside for the first, second, ... time in a row its next record is a probe;
 *     the last duration applies to all later times; 1 to 20 durations. If the device's credentials change in the directory,
 *     its next record is a probe.
 * @param failingAfter how long a device may get no response, or only 5xx, while other devices succeed, before it is set aside and its
 *     records become dead letters with the reason {@code device-failing}; 0s: never. No device is set aside during an outage.
 */
@ConfigurationProperties("relay.quarantine")
public record QuarantineProperties(
        @DefaultValue({"1m", "5m", "15m", "60m"}) List<@Between(least = "1s", most = "24h") Duration> probeAfter,

        @Between(least = "0s", most = "24h") @DefaultValue("5m")
        Duration failingAfter) {

    private static final int MOST = 20;

    public QuarantineProperties {
        probeAfter = List.copyOf(probeAfter);
        new Requirements("relay.quarantine")
                .that(
                        !probeAfter.isEmpty() && probeAfter.size() <= MOST,
                        "probe-after",
                        "must have 1 to " + MOST + " durations")
                .check();
    }
}
