package io.iotdarelay.limits;

import io.iotdarelay.settings.Between;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The share of the platform's quota that this instance of the relay may use. Divide what was bought among the instances.
 *
 * @param messagesPerSecond messages per second; 0: no limit. The platform counts in units of 4 KB, and a gateway's request as
 *     at least one message per child. It throttles or drops what exceeds the specification, so 70 % of it is a good
 *     value.
 * @param authenticationsPerSecond authentications per second; 0: no limit. Devices with waiting records go first. It determines how long a cold start takes: 10000
 *     devices at 50 per second take 200 seconds until the last one has its token.
 */
@ConfigurationProperties("relay.quota")
public record QuotaProperties(
        @Between(least = "0", most = "1000000") @DefaultValue("0")
        double messagesPerSecond,

        @Between(least = "0", most = "1000000") @DefaultValue("50")
        double authenticationsPerSecond) {}
