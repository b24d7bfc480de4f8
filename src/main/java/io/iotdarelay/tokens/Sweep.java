package io.iotdarelay.tokens;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * Goes through the known tokens, some at a time: forgets those that have expired, and deletes them from the topic if they are the last
 * that it holds of their device; writes those again that the topic does not hold, each of them no more than once in half a minute: it may be on its way back. At a limited rate, and only while writing has a
 * chance. Belongs to the reading thread.
 */
final class Sweep {

    /** How many tokens are looked at each time, once a second. */
    private static final int VISITED = 20_000;

    /** How many records are written each time, at most. */
    private static final int WRITTEN = 500;

    /** A token that has not come back by then is lost. It may still be under way. */
    private static final Duration UNDER_WAY = Duration.ofSeconds(30);

    private final TokenTable tokens;
    private final TokenLog topic;
    private final Keys keys;
    private final InstantSource clock;
    private final Duration grace;

    /** When it last began to write tokens again, at how many it looks for that, and at how many it has. */
    private long roundSince;

    private long round;
    private long lookedAt;

    /**
     * A sweep.
     *
     * @param grace how long after its end a token is deleted; not the same for all instances, so that one does it for all
     */
    Sweep(TokenTable tokens, TokenLog topic, Keys keys, InstantSource clock, Duration grace) {
        this.tokens = tokens;
        this.topic = topic;
        this.keys = keys;
        this.clock = clock;
        this.grace = grace;
        this.roundSince = clock.millis() - UNDER_WAY.toMillis() - 1;
    }

    void some() {
        if (!topic.isWorthTrying()) {
            return;
        }
        long now = clock.millis();
        if (lookedAt >= round && Math.abs(now - roundSince) > UNDER_WAY.toMillis()) {
            roundSince = now;
            round = tokens.size();
            lookedAt = 0;
        }
        long most = Math.min(VISITED, tokens.size());
        boolean probes = !topic.isUsable();
        int written = 0;
        for (int i = 0; i < most && written < WRITTEN; i++) {
            Map.Entry<DeviceId, KnownToken> next = tokens.next();
            lookedAt++;
            if (next != null && visit(next.getKey(), next.getValue(), now, probes && written == 0)) {
                written++;
            }
        }
    }

    /**
     * Returns whether something was written.
     *
     * @param probes whether a record is wanted that shows whether the topic can be written
     */
    private boolean visit(DeviceId device, KnownToken token, long now, boolean probes) {
        if (now - token.expiresAt() > grace.toMillis()) {
            boolean isLast = token.state() == KnownToken.State.STORED;
            if (tokens.remove(device, token) && isLast) {
                topic.delete(device);
                return true;
            }
            return false;
        }
        boolean wanted = switch (token.state()) {
            case STORED -> probes;
            case UNSTORED -> lookedAt <= round && now - token.fetchedAt() > UNDER_WAY.toMillis();
            case HIDDEN, REFUSED -> false;
        };
        if (wanted && token.isLiving(now) && keys.hold(token.key())) {
            topic.append(device, Entry.of(token));
            return true;
        }
        return false;
    }
}
