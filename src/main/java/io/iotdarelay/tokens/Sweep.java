package io.iotdarelay.tokens;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * Goes through the known tokens, some at a time: forgets those that have expired, and deletes them from the topic; writes own ones
 * again that have not come back. Both at a limited rate. Belongs to the reading thread.
 */
final class Sweep {

    /** How many tokens are looked at each time, once a second. */
    private static final int VISITED = 20_000;

    /** How many records are written each time, at most. */
    private static final int WRITTEN = 500;

    /** An own token that has not come back by then is lost. It may still be under way. */
    private static final Duration UNDER_WAY = Duration.ofSeconds(30);

    private final TokenTable tokens;
    private final TokenLog topic;
    private final InstantSource clock;
    private final Duration grace;

    /**
     * A sweep.
     *
     * @param grace how long after its end a token is deleted; not the same for all instances, so that one does it for all
     */
    Sweep(TokenTable tokens, TokenLog topic, InstantSource clock, Duration grace) {
        this.tokens = tokens;
        this.topic = topic;
        this.clock = clock;
        this.grace = grace;
    }

    void some() {
        long now = clock.millis();
        long most = Math.min(VISITED, tokens.size());
        int written = 0;
        for (int i = 0; i < most && written < WRITTEN; i++) {
            Map.Entry<DeviceId, KnownToken> next = tokens.next();
            if (next != null && visit(next.getKey(), next.getValue(), now)) {
                written++;
            }
        }
    }

    /** Returns whether something was written. */
    private boolean visit(DeviceId device, KnownToken token, long now) {
        if (now - token.expiresAt() > grace.toMillis()) {
            if (tokens.remove(device, token)) {
                topic.delete(device);
                return true;
            }
        } else if (token.state() == KnownToken.State.UNSTORED
                && token.isLiving(now)
                && now - token.fetchedAt() > UNDER_WAY.toMillis()) {
            topic.append(device, Entry.of(token));
            return true;
        }
        return false;
    }
}
