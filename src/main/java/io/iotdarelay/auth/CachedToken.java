package io.iotdarelay.auth;

import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;

/** A token that is kept. Times are in nanoseconds, as the cache's time source counts. */
final class CachedToken {

    /** A token that is about to expire is not used any more: the request has to arrive before that. */
    private static final double USABLE = 0.99;

    private final DeviceId device;
    private final AccessToken token;
    private final Duration lifetime;
    private final long fetchedAt;
    private long renewAt;
    private boolean used;

    CachedToken(DeviceId device, AccessToken token, Duration lifetime, long now, double renewAtPart) {
        this.device = device;
        this.token = token;
        this.lifetime = lifetime;
        this.fetchedAt = now;
        this.renewAt = now + part(renewAtPart);
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

    boolean isUsable(long now) {
        return now - fetchedAt < part(USABLE);
    }

    /** When it is to be renewed. */
    long renewAt() {
        return renewAt;
    }

    void renewLater(long time) {
        renewAt = time;
    }

    void use() {
        used = true;
    }

    boolean isUsed() {
        return used;
    }

    private long part(double part) {
        return (long) (lifetime.toNanos() * part);
    }
}
