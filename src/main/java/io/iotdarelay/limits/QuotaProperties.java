package io.iotdarelay.limits;

import io.iotdarelay.settings.Between;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What was bought of the platform, for this instance of the relay: several instances divide it.
 *
 * @param messagesPerSecond messages a second; 0 is no limit. The platform counts in units of 4 KB, and a gateway's request as
 *     one message for each child at least. It throttles or drops what exceeds the specification, so 70 % of it is a good
 *     value.
 * @param authenticationsPerSecond authentications a second; 0 is no limit. It bounds how fast a cold start gets going: 10000
 *     devices at 50 a second take 200 seconds until the last one has its token.
 */
@ConfigurationProperties("relay.quota")
public record QuotaProperties(
        @Between(least = "0", most = "1000000") @DefaultValue("0")
        double messagesPerSecond,

        @Between(least = "0", most = "1000000") @DefaultValue("50")
        double authenticationsPerSecond) {}
