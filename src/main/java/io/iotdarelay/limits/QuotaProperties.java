package io.iotdarelay.limits;

import io.iotdarelay.settings.Between;
import io.iotdarelay.settings.Requirements;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The part of the platform's quota that the relay may use.
 *
 * @param messagesPerSecond messages per second; 0: no limit. The platform counts in units of 4 KB, and a gateway's request as
 *     at least one message per child. It throttles or drops what exceeds the specification, so 70 % of it is a good
 *     value.
 * @param scope what {@code messages-per-second} is for: {@code instance}: this one alone, so divide what was bought among the
 *     instances; {@code cluster}: all instances of the consumer group together, which divide it by the partitions that they have.
 *     Authentications always count by instance.
 * @param authenticationsPerSecond authentications per second; 0: no limit. Devices with waiting records go first. It determines how long a cold start takes: 10000
 *     devices at 50 per second take 200 seconds until the last one has its token.
 */
@ConfigurationProperties("relay.quota")
public record QuotaProperties(
        @Between(least = "0", most = "1000000") @DefaultValue("0")
        double messagesPerSecond,

        @DefaultValue("instance") Scope scope,

        @Between(least = "0", most = "1000000") @DefaultValue("50")
        double authenticationsPerSecond) {

    /** For whom a quota is. */
    public enum Scope {
        INSTANCE,
        CLUSTER
    }

    public QuotaProperties {
        new Requirements("relay.quota")
                .that(
                        scope == Scope.INSTANCE || messagesPerSecond > 0,
                        "messages-per-second",
                        "is required with scope: cluster: the total of all instances")
                .check();
    }

    /** Whether all instances of the group share the messages. */
    public boolean isShared() {
        return scope == Scope.CLUSTER;
    }
}
