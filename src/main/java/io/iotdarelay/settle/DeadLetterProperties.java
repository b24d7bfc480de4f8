package io.iotdarelay.settle;

import io.iotdarelay.settings.Between;
import io.iotdarelay.settings.Requirements;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where records go that cannot be delivered.
 *
 * @param topic the dead-letter topic of routes that have none of their own, on the same cluster. It must exist, or the cluster must create topics on demand;
 *     while it cannot be written, offsets are not committed. Its {@code max.message.bytes} should exceed that of the source
 *     topics by 16 KB, room for the headers.
 * @param maxShare the share of a route's last records that may become dead letters. When it is exceeded, and the records
 *     of most devices fail, the route is stopped and its partitions pause. One failing device never stops a route. 1 disables
 *     the budget. What is in flight when a route stops is still finished.
 * @param shareOfLast how many of the last records {@code max-share} refers to.
 * @param probeEvery how often a stopped route probes with 20 records. An operator can resume it earlier with the actuator
 *     endpoint {@code routes}.
 */
@ConfigurationProperties("relay.dead-letter")
public record DeadLetterProperties(
        @DefaultValue("iotda-relay.dlt") String topic,

        @Between(least = "0.01", most = "1") @DefaultValue("0.5")
        double maxShare,

        @Between(least = "20", most = "1000000") @DefaultValue("1000")
        int shareOfLast,

        @Between(least = "1s", most = "24h") @DefaultValue("5m")
        Duration probeEvery) {

    public DeadLetterProperties {
        new Requirements("relay.dead-letter")
                .that(topic.matches("[A-Za-z0-9._-]{1,249}"), "topic", "'" + topic + "' is not a valid topic name")
                .check();
    }
}
