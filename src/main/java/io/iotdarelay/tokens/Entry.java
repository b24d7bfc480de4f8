package io.iotdarelay.tokens;

import org.jspecify.annotations.Nullable;

/**
 * The content of a record: what the topic says of a device from here on. A claim, and its end, repeat the token that is still valid,
 * because compaction keeps the last record of a device only.
 */
record Entry(@Nullable Claim claim, @Nullable KnownToken token) {

    static Entry of(KnownToken token) {
        return new Entry(null, token);
    }
}
