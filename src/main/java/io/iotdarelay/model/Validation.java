package io.iotdarelay.model;

/** What is done with a report that does not fit its product model. */
public enum Validation {
    /** A dead letter, where it breaks what the platform enforces. What is only descriptive is counted. */
    REJECT,
    /** A dead letter also where it breaks what is only descriptive. */
    STRICT,
    /** As {@link #REJECT}, but an unlisted value of the type {@code enum} is only counted. */
    LENIENT,
    /** As {@link #REJECT}, but numbers in texts become numbers, and {@code 21.0} becomes the whole number 21. */
    COERCE,
    /** Values that do not fit are left out, and the rest is delivered. */
    STRIP,
    /** Nothing is checked. */
    OFF
}
