package io.iotdarelay.auth;

import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;

/** A cached token. Times are in nanoseconds, in the time of the cache's time source. */
final class CachedToken {

    /** A token that is about to expire is not used any more: the request has to arrive before that. */
    private static final double USABLE = 0.99;

    private final DeviceId device;
    private final AccessToken token;
    private final Duration lifetime;
    private final long fetchedAt;
    private final long version;
    private long renewAt;
    private boolean used;
    private Assignment owner;

    CachedToken(
            DeviceId device,
            AccessToken token,
            Duration lifetime,
            long fetchedAt,
            long version,
            double renewAtPart,
            Assignment owner) {
        this.owner = owner;
        this.device = device;
        this.token = token;
        this.lifetime = lifetime;
        this.fetchedAt = fetchedAt;
        this.version = version;
        this.renewAt = fetchedAt + part(renewAtPart);
    }

    DeviceId device() {
        return device;
    }

    AccessToken token() {
        return token;
    }

    Duration lifetime() {
        return lifetime;
    }

    /** Which of two is newer, where tokens are shared; otherwise 0. */
    long version() {
        return version;
    }

    boolean isUsable(long now) {
        return now - fetchedAt < part(USABLE);
    }

    TokenAge age(long now) {
        long age = now - fetchedAt;
        return new TokenAge(Duration.ofNanos(age), Duration.ofNanos(part(USABLE) - age));
    }

    /** Whether it is old enough to be renewed, and so to be rejected. */
    boolean isDue(long now) {
        return now - renewAt >= 0;
    }

    /** When to renew it. */
    long renewAt() {
        return renewAt;
    }

    void renewLater(long time) {
        renewAt = time;
    }

    /** It is used for a record of this assignment. */
    void useFor(Assignment assignment) {
        used = true;
        owner = assignment;
    }

    Assignment owner() {
        return owner;
    }

    /** Whether it was used, for a partition that still belongs to this instance. */
    boolean isWanted() {
        return used && owner.isCurrent();
    }

    private long part(double part) {
        return (long) (lifetime.toNanos() * part);
    }
}
