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

    /** The same, of those that have not expired: others may have been forgotten by some instances already. */
    long newest(DeviceId device, long now) {
        KnownToken known = tokens.get(device);
        return known == null || now >= known.expiresAt() ? 0 : known.fetchedAt();
    }

    long size() {
        return tokens.size();
    }

    /** There is this token. Returns whether it is newer than what was known. */
    boolean add(DeviceId device, KnownToken token) {
        boolean[] newer = {false};
        tokens.compute(device, (id, known) -> {
            newer[0] = known == null || token.isNewerThan(known);
            return known == null || newer[0] ? token : known;
        });
        return newer[0];
    }

    /** A record was read that holds this token, if any. Returns whether it is newer than what was known. */
    boolean read(DeviceId device, @Nullable KnownToken token) {
        if (token != null && add(device, token)) {
            return true;
        }
        tokens.computeIfPresent(
                device,
                (id, known) -> known.found(
                        token == null || known.isNewerThan(token)
                                ? KnownToken.State.UNSTORED
                                : KnownToken.State.STORED));
        return false;
    }

    /** A record was read that says nothing to this instance. */
    void hide(DeviceId device) {
        tokens.computeIfPresent(device, (id, known) -> known.found(KnownToken.State.HIDDEN));
    }

    /** A record was read that deletes. It ends no token that lives. */
    void readDeletion(DeviceId device, long now) {
        tokens.computeIfPresent(
                device, (id, known) -> now < known.expiresAt() ? known.found(KnownToken.State.UNSTORED) : null);
    }

    /** Nothing is known of what the topic holds: it is read from the beginning. */
    void forgetWhatIsStored() {
        tokens.replaceAll((id, known) -> known.found(KnownToken.State.UNSTORED));
    }

    void refuse(DeviceId device, AccessToken token) {
        tokens.computeIfPresent(
                device, (id, known) -> known.hasValue(token) ? known.as(KnownToken.State.REFUSED) : known);
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
