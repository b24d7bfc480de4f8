package io.iotdarelay.settle;

import io.iotdarelay.settings.Requirements;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where records go that cannot succeed.
 *
 * @param topic the dead-letter topic, on the same cluster. It has to exist, or the cluster has to create topics on demand;
 *     while it cannot be written, offsets stay where they are. Its {@code max.message.bytes} should exceed that of the source
 *     topics by 16 KB, room for the headers.
 * @param maxShare which part of a route's last records may become dead letters; 0.01 to 1. When it is exceeded, and the records
 *     of most devices fail, the route is stopped and its partitions pause. One device that fails never stops a route. 1 switches
 *     the budget off. What is in flight at that moment still ends.
 * @param shareOfLast how many records are the last ones; 20 to 1000000.
 * @param probeEvery after which time a route that was stopped tries 20 records; 1s to 24h. An operator can resume it earlier, at the
 *     actuator's endpoint {@code routes}.
 */
@ConfigurationProperties("relay.dead-letter")
public record DeadLetterProperties(
        @DefaultValue("iotda-relay.dlt") String topic,
        @DefaultValue("0.5") double maxShare,
        @DefaultValue("1000") int shareOfLast,
        @DefaultValue("5m") Duration probeEvery) {

    private static final double LEAST_SHARE = 0.01;
    private static final int LEAST_OF_LAST = 20;
    private static final int MOST_OF_LAST = 1_000_000;
    private static final Duration LEAST_PROBE = Duration.ofSeconds(1);
    private static final Duration MOST_PROBE = Duration.ofHours(24);

    public DeadLetterProperties {
        new Requirements("relay.dead-letter")
                .that(topic.matches("[A-Za-z0-9._-]{1,249}"), "topic", "'" + topic + "' is not a valid topic name")
                .that(maxShare >= LEAST_SHARE && maxShare <= 1, "max-share", "must be 0.01 to 1, not " + maxShare)
                .between(shareOfLast, LEAST_OF_LAST, MOST_OF_LAST, "share-of-last")
                .between(probeEvery, LEAST_PROBE, MOST_PROBE, "probe-every")
                .check();
    }
}
