package io.iotdarelay.redrive;

import io.iotdarelay.settings.Between;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Dead letters that operators read and send again over HTTP.
 *
 * @param topic a compacted topic that notes which dead letters were sent again. Empty: the group's ID with {@code .redriven} behind. It is
 *     created if it is missing and the relay may; without it dead letters can be read, and not be sent again.
 * @param perSecond how many dead letters an instance sends again in a second, at most, beside the records of its topics.
 * @param inFlight how many of them may be under way at once.
 * @param mostRedrives how often a dead letter is sent again, at most, by its header {@code iotda-relay-redrives}.
 * @param scanTime how long a redrive may look through the dead-letter topics before it sends; a dry run takes a minute of that at most. Beside a
 *     flow that needs all processors, 1,000 to 2,000 letters a second are looked at, otherwise many times as many.
 */
@ConfigurationProperties("relay.redrive")
public record RedriveProperties(
        @DefaultValue("") String topic,

        @Between(least = "1", most = "10000") @DefaultValue("50")
        int perSecond,

        @Between(least = "1", most = "10000") @DefaultValue("100")
        int inFlight,

        @Between(least = "1", most = "1000") @DefaultValue("3")
        int mostRedrives,

        @Between(least = "1s", most = "10m") @DefaultValue("5m")
        Duration scanTime) {}
