package io.iotdarelay.auth;

import io.iotdarelay.settings.Between;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The access tokens.
 *
 * @param maxDevices how many tokens are kept, at about 0.5 KB of heap each. A device whose token was evicted authenticates
 *     again at its next report.
 * @param renewAt the share of its lifetime after which a token that is in use is renewed, at the latest. Renewals are
 *     spread over the 5 % of the lifetime before that.
 */
@ConfigurationProperties("relay.tokens")
public record TokenProperties(
        @Between(least = "1", most = "100000000") @DefaultValue("1000000")
        int maxDevices,

        @Between(least = "0.1", most = "0.99") @DefaultValue("0.9")
        double renewAt) {}
