package io.iotdarelay.auth;

import io.iotdarelay.settings.Between;
import io.iotdarelay.settings.FileLocation;
import io.iotdarelay.settings.Requirements;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The access tokens.
 *
 * @param maxDevices how many tokens are kept, at about 0.5 KB of heap each; with {@code store: topic} at most as many of the store
 *     are in memory too, at about 0.25 KB each. Never more than fit into two fifths of the heap: at 512 MB these are 400000, or 260000
 *     with {@code store: topic}. A device whose token was evicted authenticates again at its next report.
 * @param renewAt the share of its lifetime after which a token that is in use is renewed, at the latest. Renewals are
 *     spread over the 5 % of the lifetime before that.
 * @param store {@code memory}: a token ends with the process that fetched it; {@code topic}: tokens are also kept in a compacted
 *     Kafka topic, encrypted, so that a restart or another instance takes them over, and instances that meet the same device
 *     share its token. Requires {@code keys} and {@code key}. While the topic cannot be used, the relay works as with
 *     {@code memory}.
 * @param topic that topic. It must exist; see docs/operations.md. Not shared with relays of another {@code relay.iotda.endpoint}.
 * @param key the ID of the key that encrypts. All instances must have the file before one of them is started with its ID.
 * @param keys the directory of the encryption keys, such as {@code file:/etc/iotda-relay/token-keys}: each file is a key, its name the
 *     key's ID (up to 64 letters, digits, {@code .}, {@code _} and {@code -}), its content 32 random bytes in base64. All of
 *     them decrypt. Files are read again within two seconds when they change. Hidden files are ignored.
 */
@ConfigurationProperties("relay.tokens")
public record TokenProperties(
        @Between(least = "1", most = "100000000") @DefaultValue("1000000")
        int maxDevices,

        @Between(least = "0.1", most = "0.99") @DefaultValue("0.9")
        double renewAt,

        @DefaultValue("memory") Store store,
        @DefaultValue("iotda-relay.tokens") String topic,
        @Nullable String keys,
        @Nullable String key) {

    /** The part of the heap that tokens may take, and what each takes, in bytes: in the cache alone, and in the table of the store too. */
    private static final double SHARE_OF_HEAP = 0.4;

    private static final int BYTES_EACH = 512;
    private static final int STORED_BYTES_EACH = 768;

    /** Where tokens are kept. */
    public enum Store {
        MEMORY,
        TOPIC
    }

    public TokenProperties {
        boolean isStored = store == Store.TOPIC;
        new Requirements("relay.tokens")
                .that(topic.matches("[A-Za-z0-9._-]{1,249}"), "topic", "'" + topic + "' is not a valid topic name")
                .that(
                        !isStored || (keys != null && !keys.isBlank()),
                        "keys",
                        "is required with store: topic: the directory of the encryption keys")
                .that(
                        !isStored || (key != null && !key.isBlank()),
                        "key",
                        "is required with store: topic: the name of the file with the key that encrypts")
                .check();
    }

    /** How many tokens are kept where the heap has this size, in bytes: what is configured, but no more than fit into two fifths of it. */
    public int mostDevices(long heap) {
        return Math.clamp((long) (heap * SHARE_OF_HEAP) / (isStored() ? STORED_BYTES_EACH : BYTES_EACH), 1, maxDevices);
    }

    /** Whether tokens are kept in the topic. */
    public boolean isStored() {
        return store == Store.TOPIC;
    }

    /** The directory of the keys, which must be configured. */
    public Path keyDirectory() {
        return FileLocation.path(String.valueOf(keys));
    }

    /** The ID of the key that encrypts, which must be configured. */
    public String keyId() {
        return String.valueOf(key);
    }
}
