package io.iotdarelay.readback;

import io.iotdarelay.settings.Between;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Proof of arrival: what a few devices reported is compared with what the platform's application side says that it has of them. It delays
 * no record, and asks only while nothing else waits for the application side.
 *
 * @param enabled whether it is done. It requires {@code relay.platform.endpoint}.
 * @param devices how many devices are watched for each route, product (if the relay knows it) and service. They are chosen among those
 *     that report, and replaced when they report nothing for two hours, or three intervals if that is more.
 * @param interval how often a watched device is checked. After a report that was not stored, it is checked again a minute later.
 * @param patience how long a report may take to show. The platform is asked after a twelfth of it, a quarter of it and all of it; the first
 *     time that shows the report is the last.
 * @param requestsPerSecond how many requests this instance may send in a second for it; never more than a quarter of what the application
 *     side may be asked at the time.
 */
@ConfigurationProperties("relay.platform.read-back")
public record ReadBackProperties(
        @DefaultValue("false") boolean enabled,

        @Between(least = "1", most = "10") @DefaultValue("3")
        int devices,

        @Between(least = "1s", most = "24h") @DefaultValue("10m")
        Duration interval,

        @Between(least = "1s", most = "30m") @DefaultValue("1m")
        Duration patience,

        @Between(least = "0.01", most = "1") @DefaultValue("1")
        double requestsPerSecond) {}
