package io.iotdarelay.source;

/**
 * A partition is not read at the moment.
 *
 * @param detail a readable explanation
 */
public record Pause(PauseReason reason, String detail) {

    /** Whether an operator wants it, or may want it: nothing is wrong, and nobody has to be called. */
    public boolean isOrdered() {
        return reason == PauseReason.OPERATOR || reason == PauseReason.PAUSES_UNREAD;
    }

    static Pause of(PauseReason reason) {
        return new Pause(reason, reason.meaning());
    }
}
