package io.iotdarelay.tokens;

import io.iotdarelay.auth.SharedToken;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * A token of some instance. Immutable, and compact: there may be one for each device of the fleet. Never printed.
 *
 * <p>When it was fetched also says which of two is newer. So it is the clock of the instance that fetched it, or a millisecond more
 * than that of the token that it replaces, if that clock is behind.
 */
final class KnownToken {

    /** A token that is about to expire is not taken over any more. */
    private static final double USABLE = 0.99;

    private final byte[] value;
    private final long fetchedAt;
    private final long expiresAt;
    private final long high;
    private final long low;
    private final TokenKey key;
    private final State state;

    /** What this instance knows beyond the record. */
    enum State {
        /** It is in the last record of its device. */
        STORED,
        /** The last record of its device does not hold it, or none has been read yet: it should be written. */
        UNSTORED,
        /** Another record came after it that this instance cannot read: perhaps a newer token. What the topic holds is not its business. */
        HIDDEN,
        /** The platform refused it. */
        REFUSED
    }

    /**
     * A token that is stored.
     *
     * @param fetchedAt in milliseconds since 1970, like {@code expiresAt}
     * @param key the key that it is sealed with, and the fingerprint made
     */
    KnownToken(AccessToken token, long fetchedAt, long expiresAt, Fingerprint fingerprint, TokenKey key) {
        this(
                token.value().getBytes(StandardCharsets.US_ASCII),
                fetchedAt,
                expiresAt,
                fingerprint.high(),
                fingerprint.low(),
                key,
                State.STORED);
    }

    private KnownToken(byte[] value, long fetchedAt, long expiresAt, long high, long low, TokenKey key, State state) {
        this.value = value;
        this.fetchedAt = fetchedAt;
        this.expiresAt = expiresAt;
        this.high = high;
        this.low = low;
        this.key = key;
        this.state = state;
    }

    KnownToken as(State other) {
        return other == state ? this : new KnownToken(value, fetchedAt, expiresAt, high, low, key, other);
    }

    /** The same with what the topic says of it. What was refused remains so. */
    KnownToken found(State other) {
        return state == State.REFUSED ? this : as(other);
    }

    State state() {
        return state;
    }

    long fetchedAt() {
        return fetchedAt;
    }

    long expiresAt() {
        return expiresAt;
    }

    TokenKey key() {
        return key;
    }

    Fingerprint fingerprint() {
        return new Fingerprint(high, low);
    }

    AccessToken token() {
        return new AccessToken(new String(value, StandardCharsets.US_ASCII));
    }

    /** Of two that were fetched at the same time, all instances choose the same. */
    boolean isNewerThan(KnownToken other) {
        return fetchedAt > other.fetchedAt || (fetchedAt == other.fetchedAt && Arrays.compare(value, other.value) > 0);
    }

    boolean hasValue(AccessToken token) {
        return Arrays.equals(value, token.value().getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether it may still be repeated in a record. */
    boolean isLiving(long now) {
        return state != State.REFUSED && now < expiresAt;
    }

    /** Whether it may be used, with these credentials. */
    boolean isFor(DeviceCredentials credentials, long now) {
        return state != State.REFUSED
                && now - fetchedAt < (expiresAt - fetchedAt) * USABLE
                && fingerprint().equals(Fingerprint.of(key, credentials));
    }

    SharedToken shared(long now) {
        return new SharedToken(
                token(),
                Duration.ofMillis(expiresAt - fetchedAt),
                Duration.ofMillis(Math.max(0, now - fetchedAt)),
                fetchedAt);
    }

    @Override
    public String toString() {
        return "(stored token)";
    }
}
