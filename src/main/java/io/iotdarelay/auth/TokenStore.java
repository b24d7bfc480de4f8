package io.iotdarelay.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.iotdarelay.telemetry.DeviceId;
import java.util.Iterator;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores the tokens of one event loop: a bounded number, each until it expires. Caffeine chooses which to evict. Only its
 * event loop uses it, except for the size.
 */
public final class TokenStore {

    private final Cache<DeviceId, CachedToken> tokens;

    public TokenStore(int maxDevices, LongSupplier nanoTime) {
        tokens = Caffeine.newBuilder()
                .maximumSize(maxDevices)
                .expireAfter(Expiry.<DeviceId, CachedToken>writing((device, token) -> token.lifetime()))
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** How many tokens are stored, possibly including recently expired ones. */
    public long size() {
        return tokens.estimatedSize();
    }

    @Nullable
    CachedToken get(DeviceId device) {
        return tokens.getIfPresent(device);
    }

    /** The same, without counting as a use. */
    @Nullable
    CachedToken look(DeviceId device) {
        return tokens.policy().getIfPresentQuietly(device);
    }

    /** Whether exactly this token is stored. Does not count as a use. */
    @SuppressWarnings("ReferenceEquality") // that very token
    boolean holds(CachedToken token) {
        return tokens.policy().getIfPresentQuietly(token.device()) == token;
    }

    void put(CachedToken token) {
        tokens.put(token.device(), token);
    }

    /** All of them, as they are and as they come. Does not count as a use. */
    Iterator<CachedToken> all() {
        return tokens.asMap().values().iterator();
    }

    boolean remove(CachedToken token) {
        return tokens.asMap().remove(token.device(), token);
    }
}
