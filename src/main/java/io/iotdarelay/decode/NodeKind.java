package io.iotdarelay.decode;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** What a value is, for messages that must not repeat it. */
public final class NodeKind {

    private NodeKind() {}

    /** {@code object}, {@code string}, {@code number} and so on. */
    public static String of(JsonNode value) {
        return value.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}
