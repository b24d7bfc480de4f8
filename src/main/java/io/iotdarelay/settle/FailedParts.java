package io.iotdarelay.settle;

/**
 * Which parts of a record failed, and which were delivered, for the headers of its dead letter.
 *
 * @param route the route of the first part that failed
 * @param failed which parts failed and why, for people; at most 4 KB
 * @param delivered which parts are not to be sent again when the dead letter is redriven; empty for none. A list of more than 4 KB
 *     counts as none: the headers of a dead letter have 16 KB.
 */
public record FailedParts(String route, String failed, String delivered) {

    /** The bytes that a text may take as UTF-8. */
    public static final int MOST_BYTES = 4 * 1024;

    /** The header of a dead letter that lists what was delivered. */
    public static final String DELIVERED_HEADER = DeadLetterHeaders.DELIVERED_PARTS;

    public FailedParts {
        failed = Excerpt.of(failed, MOST_BYTES);
        delivered = Excerpt.of(delivered, MOST_BYTES).equals(delivered) ? delivered : "";
    }

    /** As much of a text as a header holds. */
    public static String excerpt(String text) {
        return Excerpt.of(text, MOST_BYTES);
    }
}
