package io.iotdarelay.delivery;

import io.iotdarelay.settings.Requirements;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Devices that are set aside, because the platform refuses them or because they fail alone.
 *
 * @param probeAfter how long after a device was set aside for the first, second, ... time in a row its next record probes, the last
 *     one for all that follow; 1 to 20 durations of 1s to 24h. A device whose credentials change in the directory probes at
 *     once.
 * @param failingAfter how long a device may get no answer, or only 5xx, while other devices succeed, before it is set aside and its
 *     records become dead letters with the reason {@code device-failing}; 0s (never) to 24h. Nobody is set aside during an outage.
 */
@ConfigurationProperties("relay.quarantine")
public record QuarantineProperties(
        @DefaultValue({"1m", "5m", "15m", "60m"}) List<Duration> probeAfter,
        @DefaultValue("5m") Duration failingAfter) {

    private static final int MOST = 20;
    private static final Duration LEAST_WAIT = Duration.ofSeconds(1);
    private static final Duration MOST_WAIT = Duration.ofHours(24);

    public QuarantineProperties {
        probeAfter = List.copyOf(probeAfter);
        Requirements requirements = new Requirements("relay.quarantine")
                .that(
                        !probeAfter.isEmpty() && probeAfter.size() <= MOST,
                        "probe-after",
                        "must have 1 to " + MOST + " durations");
        for (int i = 0; i < probeAfter.size(); i++) {
            requirements.between(probeAfter.get(i), LEAST_WAIT, MOST_WAIT, "probe-after[" + i + "]");
        }
        requirements
                .between(failingAfter, Duration.ZERO, MOST_WAIT, "failing-after")
                .check();
    }
}
