package io.iotdarelay.limits;

/** How a request ended, as far as it tells what the platform can carry. */
enum RequestEnd {
    /** It was accepted. */
    ACCEPTED,

    /** It was answered in some other way: how long that took says little. */
    ANSWERED,

    /** There was no answer, or one that says that the platform does not work. */
    FAILED,

    /** It was never sent, or was given up. */
    UNKNOWN
}
