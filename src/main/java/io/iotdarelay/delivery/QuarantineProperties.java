package io.iotdarelay.delivery;

import io.iotdarelay.settings.Requirements;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Devices that the platform refuses.
 *
 * @param probeAfter how long after the first, second, ... refusal in a row the first record of the device tries again, the last
 *     one for all that follow; 1 to 20 durations of 1s to 24h. A device whose credentials change in the directory is tried at
 *     once.
 */
@ConfigurationProperties("relay.quarantine")
public record QuarantineProperties(
        @DefaultValue({"1m", "5m", "15m", "60m"}) List<Duration> probeAfter) {

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
        requirements.check();
    }
}
