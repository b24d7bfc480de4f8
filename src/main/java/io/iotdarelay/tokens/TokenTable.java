package io.iotdarelay.tokens;

import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceId;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest known token of each device, at most a given number. Any thread may read and change it; one thread keeps it within
 * its bound.
 */
final class TokenTable {

    /** How many are compared to find one that can go. The order of a hash table is as good as random. */
    private static final int SAMPLE = 16;

    private final int most;
    private final Map<DeviceId, KnownToken> tokens = new ConcurrentHashMap<>();
    private Iterator<Map.Entry<DeviceId, KnownToken>> round = tokens.entrySet().iterator();

    TokenTable(int most) {
        this.most = most;
    }

    @Nullable
    KnownToken get(DeviceId device) {
        return tokens.get(device);
    }

    /** When the newest known token of the device was fetched; 0 if none is known. */
    long newest(DeviceId device) {
        KnownToken known = tokens.get(device);
        return known == null ? 0 : known.fetchedAt();
    }

    long size() {
        return tokens.size();
    }

    /** A token was read, or fetched. Returns whether it is newer than what was known. */
    boolean add(DeviceId device, KnownToken token) {
        boolean[] newer = {false};
        tokens.compute(device, (id, known) -> {
            if (known == null || token.isNewerThan(known)) {
                newer[0] = true;
                return token;
            }
            boolean stored = known.state() == KnownToken.State.UNSTORED && !known.isNewerThan(token);
            return stored ? known.as(KnownToken.State.STORED) : known;
        });
        return newer[0];
    }

    void refuse(DeviceId device, AccessToken token) {
        tokens.computeIfPresent(
                device, (id, known) -> known.hasValue(token) ? known.as(KnownToken.State.REFUSED) : known);
    }

    void remove(DeviceId device) {
        tokens.remove(device);
    }

    /** Evicts what expires soonest among a few, until the bound is kept. Only one thread calls this, and {@link #next}. */
    void keepWithinBound() {
        while (tokens.size() > most) {
            Map.Entry<DeviceId, KnownToken> soonest = next();
            for (int i = 1; i < SAMPLE && soonest != null; i++) {
                Map.Entry<DeviceId, KnownToken> other = next();
                if (other != null
                        && other.getValue().expiresAt() < soonest.getValue().expiresAt()) {
                    soonest = other;
                }
            }
            if (soonest != null) {
                tokens.remove(soonest.getKey(), soonest.getValue());
            }
        }
    }

    /** Removes this very token. Returns whether it was still there. */
    boolean remove(DeviceId device, KnownToken token) {
        return tokens.remove(device, token);
    }

    /** Goes round through all of them, again and again; empty if there is none. */
    Map.@Nullable Entry<DeviceId, KnownToken> next() {
        if (!round.hasNext()) {
            round = tokens.entrySet().iterator();
        }
        return round.hasNext() ? round.next() : null;
    }
}
