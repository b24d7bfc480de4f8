package io.iotdarelay.operate;

import io.iotdarelay.auth.SharedTokens;
import io.iotdarelay.auth.SharedTokensStatus;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether the store of tokens can be used. If not, the relay works, but a restart costs authentications. */
final class TokensHealthIndicator extends AbstractHealthIndicator {

    private final SharedTokens tokens;

    TokensHealthIndicator(SharedTokens tokens) {
        super("the status of the store of tokens cannot be determined");
        this.tokens = tokens;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        tokens.status().ifPresentOrElse(status -> show(builder, status), builder::up);
    }

    private static void show(Health.Builder builder, SharedTokensStatus status) {
        boolean healthy = status.trouble().isEmpty() && status.keyTrouble().isEmpty();
        (healthy ? builder.up() : builder.down())
                .withDetail("loaded", status.loaded())
                .withDetail("tokens", status.tokens());
        status.trouble().ifPresent(why -> builder.withDetail("reason", why));
        status.keyTrouble().ifPresent(why -> builder.withDetail("keys", why));
    }
}
