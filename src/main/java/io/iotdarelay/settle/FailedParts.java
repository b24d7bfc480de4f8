package io.iotdarelay.settle;

/**
 * Which parts of a record failed, and which were delivered, for the headers of its dead letter.
 *
 * @param route the route of the first part that failed
 * @param failed which parts failed and why, for people
 * @param delivered which parts are not to be sent again when the dead letter is redriven; empty for none
 */
public record FailedParts(String route, String failed, String delivered) {

    /** The header of a dead letter that lists what was delivered. */
    public static final String DELIVERED_HEADER = DeadLetterHeaders.DELIVERED_PARTS;
}
