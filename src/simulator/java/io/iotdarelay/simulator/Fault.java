package io.iotdarelay.simulator;

import java.time.Duration;

/** What can go wrong with a request. */
public sealed interface Fault {

    /** The answer comes later; how much later is drawn anew each time, between the bounds. */
    record Delay(Duration least, Duration most) implements Fault {
        public Delay {
            if (least.isNegative() || most.compareTo(least) < 0) {
                throw new IllegalArgumentException("the longest delay is less than the shortest one");
            }
        }
    }

    /** This answer, and nothing is processed. */
    record Answer(Reply reply) implements Fault {}

    /** This status, with a page that repeats the request, token and body. Nothing is processed. */
    record Echo(int status) implements Fault {}

    /** No answer, ever. Nothing is processed. */
    record Silence() implements Fault {}

    /** The connection is reset before the request is processed. */
    record Reset() implements Fault {}

    /** The connection is reset after the request was processed, and before the client gets a response. */
    record ResetAfterProcessing() implements Fault {}

    /** The request is processed at once, and answered so much later. */
    record LateAnswer(Duration later) implements Fault {}

    /** The answer's body comes a byte at a time. */
    record SlowBody(Duration perByte) implements Fault {}

    /**
     * What exceeds so many requests a second is throttled.
     *
     * @param tenant whether the tenant's limit is reported, or the instance's
     */
    record Throttle(double perSecond, boolean tenant) implements Fault {}

    /** What exceeds so many requests a second is dropped, and answered as if it were not. */
    record DropAbove(double perSecond) implements Fault {}
}
