package io.iotdarelay.settle;

import io.iotdarelay.settings.Requirements;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where records go that cannot succeed.
 *
 * @param topic the dead-letter topic, on the same cluster. It has to exist, or the cluster has to create topics on demand;
 *     while it cannot be written, offsets stay where they are. Its {@code max.message.bytes} should exceed that of the source
 *     topics by 16 KB, room for the headers.
 */
@ConfigurationProperties("relay.dead-letter")
public record DeadLetterProperties(
        @DefaultValue("iotda-relay.dlt") String topic) {

    public DeadLetterProperties {
        new Requirements("relay.dead-letter")
                .that(topic.matches("[A-Za-z0-9._-]{1,249}"), "topic", "'" + topic + "' is not a valid topic name")
                .check();
    }
}
