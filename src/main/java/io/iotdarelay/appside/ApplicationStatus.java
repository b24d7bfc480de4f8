package io.iotdarelay.appside;

import java.time.Instant;
import java.util.Optional;

/**
 * How the application side is.
 *
 * @param breaker CLOSED, OPEN or HALF_OPEN: that of all calls, or where it is closed, one of a kind of call
 * @param rate calls that may be sent in a second now
 * @param waiting calls that wait for their turn
 * @param answered when it answered last as it should
 */
public record ApplicationStatus(
        Optional<Trouble> trouble, String breaker, double rate, int waiting, Optional<Instant> answered) {

    /**
     * Why calls do not succeed: all, or those of one kind, which begins the detail then.
     *
     * @param detail a readable explanation
     * @param misconfigured whether only another configuration, here or there, helps
     */
    public record Trouble(String detail, boolean misconfigured, Instant since) {}
}
