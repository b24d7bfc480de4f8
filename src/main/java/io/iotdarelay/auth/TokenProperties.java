package io.iotdarelay.auth;

import io.iotdarelay.settings.Requirements;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The access tokens.
 *
 * @param maxDevices how many tokens are kept; 1 to 100000000. About 0.5 KB of heap each. A device whose token had to give way
 *     authenticates again at its next report.
 * @param renewAt at which part of its life a token that is in use is renewed, at the latest; 0.1 to 0.99. Renewals are spread
 *     over the 5 % of life before.
 */
@ConfigurationProperties("relay.tokens")
public record TokenProperties(
        @DefaultValue("1000000") int maxDevices,
        @DefaultValue("0.9") double renewAt) {

    private static final int MOST_DEVICES = 100_000_000;
    private static final double EARLIEST = 0.1;
    private static final double LATEST = 0.99;

    public TokenProperties {
        new Requirements("relay.tokens")
                .between(maxDevices, 1, MOST_DEVICES, "max-devices")
                .that(renewAt >= EARLIEST && renewAt <= LATEST, "renew-at", "must be 0.1 to 0.99, not " + renewAt)
                .check();
    }
}
