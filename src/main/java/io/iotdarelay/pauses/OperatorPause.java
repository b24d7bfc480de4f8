package io.iotdarelay.pauses;

import java.time.Instant;
import java.util.Optional;

/**
 * A pause that an operator ordered.
 *
 * @param id tells it from another one of the same target
 * @param by who ordered it
 * @param until when it ends by itself; never, if empty
 */
public record OperatorPause(
        PauseTarget target, String id, String reason, String by, Instant since, Optional<Instant> until) {

    boolean isOver(Instant now) {
        return until.filter(end -> !now.isBefore(end)).isPresent();
    }

    /** In one line. */
    public String describe() {
        return target.describe() + " was paused by " + by + " at " + since
                + until.map(end -> " until " + end).orElse("") + ": " + reason;
    }
}
