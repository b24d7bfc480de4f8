package io.iotdarelay.mapping;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a record's key can be. */
public enum KeyFormat {
    TEXT(null),
    JSON(null) {
        @Override
        Result<JsonNode> read(byte[] key, Work work) {
            return work.keyTree(key)
                    .then(tree -> tree.isNull() ? Result.nothing("the key is null") : Result.found(tree));
        }
    },
    INT16(Layout.INT16),
    INT32(Layout.INT32),
    INT64(Layout.INT64),
    FLOAT32(Layout.FLOAT32),
    FLOAT64(Layout.FLOAT64),
    UUID(null) {
        @Override
        Result<JsonNode> read(byte[] key, Work work) {
            ByteBuffer bytes = ByteBuffer.wrap(key);
            return sized(key, 2 * Long.BYTES)
                    .then(ignored -> Result.found(JsonNodeFactory.instance.stringNode(
                            new UUID(bytes.getLong(), bytes.getLong()).toString())));
        }
    };

    private final @Nullable Layout layout;

    KeyFormat(@Nullable Layout layout) {
        this.layout = layout;
    }

    /** Whether it is text, of which a part can be selected. */
    boolean isText() {
        return this == TEXT || this == JSON;
    }

    /** Reads the key of the record for which the work is done. */
    Result<JsonNode> read(byte[] key, Work work) {
        return layout == null
                ? work.keyText(key)
                : sized(key, layout.size()).then(layout::read).as("key");
    }

    private static Result<byte[]> sized(byte[] key, int size) {
        return key.length == size
                ? Result.found(key)
                : Result.failed("the key has " + key.length + " bytes, expected " + size);
    }
}
