package io.iotdarelay.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tokens in force. A new one of a device gives the old one 30 seconds to live, or less where it would have expired
 * anyway. Any thread.
 */
final class TokenBook {

    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final int FEW = 100_000;

    private record Token(String device, Instant expires) {}

    private final Map<String, Token> tokens = new ConcurrentHashMap<>();
    private final Map<String, List<String>> ofDevices = new ConcurrentHashMap<>();
    private final Clock clock;
    private volatile Duration lifetime;
    private volatile int worthALook = FEW;

    TokenBook(Duration lifetime, Clock clock) {
        this.lifetime = lifetime;
        this.clock = clock;
    }

    void lifetime(Duration newLifetime) {
        lifetime = newLifetime;
    }

    /** The stated lifetime: the platform's example is one second less than a day. */
    long expiresIn() {
        return Math.max(1, lifetime.toSeconds() - 1);
    }

    String issue(String device) {
        String value = UUID.randomUUID().toString();
        tokens.put(value, new Token(device, clock.instant().plus(lifetime)));
        ofDevices.merge(device, List.of(value), (older, newer) -> plus(older, newer, device));
        forgetExpired();
        return value;
    }

    private List<String> plus(List<String> older, List<String> newer, String device) {
        Instant now = clock.instant();
        Instant end = now.plus(GRACE);
        List<String> all = new ArrayList<>();
        for (String value : older) {
            Token left = tokens.computeIfPresent(
                    value, (ignored, known) -> known.expires().isAfter(end) ? new Token(device, end) : known);
            if (left != null && left.expires().isAfter(now)) {
                all.add(value);
            }
        }
        all.addAll(newer);
        return all;
    }

    /** Looks through all of them only when they have doubled, so that a token costs the same however many there are. */
    private void forgetExpired() {
        if (tokens.size() > worthALook) {
            Instant now = clock.instant();
            tokens.values().removeIf(token -> token.expires().isBefore(now));
            worthALook = Math.max(FEW, 2 * tokens.size());
        }
    }

    /** Whether it is a token of that device, and in force. */
    boolean isValid(@Nullable String value, String device) {
        Token token = value == null ? null : tokens.get(value);
        return token != null && token.device().equals(device) && clock.instant().isBefore(token.expires());
    }

    void revoke(String device) {
        ofDevices.computeIfPresent(device, (ignored, values) -> {
            values.forEach(tokens::remove);
            return null;
        });
    }

    void revokeAll() {
        tokens.clear();
        ofDevices.clear();
    }
}
