package io.iotdarelay.pauses;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How pauses are written in the topic of the desk: the target in the key, the rest as JSON. Pure. */
final class PauseFormat {

    private static final String PREFIX = "pause/";
    private static final JsonMapper JSON = JsonMapper.shared();

    private PauseFormat() {}

    static byte[] key(PauseTarget target) {
        return (PREFIX + target.code()).getBytes(StandardCharsets.UTF_8);
    }

    static byte[] value(OperatorPause pause) {
        ObjectNode value = JSON.createObjectNode()
                .put("id", pause.id())
                .put("reason", pause.reason())
                .put("by", pause.by())
                .put("since", pause.since().toString());
        pause.until().ifPresent(end -> value.put("until", end.toString()));
        return JSON.writeValueAsBytes(value);
    }

    /** Whether a key belongs to a pause, of whatever target. */
    static boolean isPause(byte @Nullable [] key) {
        return key != null && new String(key, StandardCharsets.UTF_8).startsWith(PREFIX);
    }

    /** The target that a key names, if this version knows it. */
    static Optional<PauseTarget> target(byte[] key) {
        return PauseTarget.of(new String(key, StandardCharsets.UTF_8).substring(PREFIX.length()));
    }

    /** What is written, if it can be read. Fields that are not known are ignored. */
    static Optional<OperatorPause> pause(PauseTarget target, byte[] value) {
        try {
            JsonNode read = JSON.readTree(value);
            String id = read.path("id").asString("");
            String since = read.path("since").asString("");
            JsonNode until = read.path("until");
            if (id.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new OperatorPause(
                    target,
                    id,
                    line(read.path("reason")),
                    line(read.path("by")),
                    Instant.parse(since),
                    until.isMissingNode() ? Optional.empty() : Optional.of(Instant.parse(until.asString("")))));
        } catch (JacksonException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Whoever may write to the topic may not write lines of the log. */
    private static String line(JsonNode text) {
        return text.asString("").replaceAll("\\p{Cntrl}", " ");
    }
}
