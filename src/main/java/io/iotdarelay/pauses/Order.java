package io.iotdarelay.pauses;

/** What became of an order to pause or to resume. */
public sealed interface Order {

    /**
     * It is stored, and this instance knows it.
     *
     * @param carriedOut whether the poll thread has acted on it; it has not if it is not polling at the moment
     */
    record Stored(boolean carriedOut) implements Order {}

    /** There is no such thing. */
    record Unknown(String why) implements Order {}

    /** It could not be stored, and does not count. */
    record Failed(String why) implements Order {}
}
