package io.iotdarelay.telemetry;

/**
 * The final fate of a record. One whose partition leaves before is abandoned and has none: Kafka hands it to the next owner.
 */
public sealed interface Outcome {

    /** The platform answered 2xx to a request that carried it. */
    record Delivered() implements Outcome {}

    /** There is nothing to deliver: the value is null. */
    record Skipped() implements Outcome {}

    /** It cannot succeed, and belongs on the dead-letter topic. */
    record Rejected(Rejection rejection) implements Outcome {}
}
