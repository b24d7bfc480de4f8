package io.iotdarelay.source;

/**
 * A partition is not read at the moment.
 *
 * @param detail a readable explanation
 */
public record Pause(PauseReason reason, String detail) {

    static Pause of(PauseReason reason) {
        return new Pause(reason, reason.meaning());
    }
}
