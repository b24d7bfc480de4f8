package io.iotdarelay.telemetry;

/**
 * The final outcome of a report. A record whose partition leaves before that is abandoned and has none: the next owner
 * delivers it.
 */
public sealed interface Outcome {

    /** The platform responded 2xx to a request that carried it. */
    record Delivered() implements Outcome {}

    /** It was not sent: newer reports of its device say something about everything that it does. */
    record Superseded() implements Outcome {}

    /** It cannot succeed, and belongs on the dead-letter topic. */
    record Rejected(Rejection rejection) implements Outcome {}
}
