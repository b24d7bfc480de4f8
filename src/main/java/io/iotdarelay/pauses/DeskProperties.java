package io.iotdarelay.pauses;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What operators order, and instances share.
 *
 * @param topic a compacted topic that keeps pauses. Empty: the group's ID with {@code .desk} behind. It is created with the first pause if it is
 *     missing and the relay may; without it nothing can be paused.
 */
@ConfigurationProperties("relay.desk")
public record DeskProperties(@DefaultValue("") String topic) {}
