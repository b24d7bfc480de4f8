package io.iotdarelay.model;

/** What a report can break. The codes stand in metrics and do not change. */
enum Rule {
    UNKNOWN_SERVICE("unknown-service", Force.BINDING),
    UNKNOWN_PROPERTY("unknown-property", Force.BINDING),
    TYPE("type", Force.BINDING),
    RANGE("range", Force.BINDING),
    LENGTH("length", Force.BINDING),
    ENUM("enum", Force.BINDING_UNLESS_LENIENT),
    DATE_TIME("date-time", Force.DESCRIPTIVE),
    ENUM_LIST("enum-list", Force.DESCRIPTIVE),
    REQUIRED("required", Force.DESCRIPTIVE),
    STEP("step", Force.DESCRIPTIVE),
    METHOD("method", Force.DESCRIPTIVE),
    /** Longer in bytes than in characters: which of the two the platform counts is not documented. */
    BYTES("length-in-bytes", Force.NOTED),
    EMPTY("empty", Force.NOTED),
    /** The device has no product whose model is known. */
    NO_MODEL("no-model", Force.NOTED);

    private enum Force {
        /** The platform is documented to discard what breaks it. */
        BINDING,
        /** What the platform does with it is not documented. */
        BINDING_UNLESS_LENIENT,
        /** The platform is documented not to enforce it. */
        DESCRIPTIVE,
        /** Worth a count. */
        NOTED
    }

    private final String code;
    private final Force force;

    Rule(String code, Force force) {
        this.code = code;
        this.force = force;
    }

    String code() {
        return code;
    }

    /** Whether a report that breaks it does not fit. */
    boolean binds(Validation validation) {
        return switch (force) {
            case BINDING -> true;
            case BINDING_UNLESS_LENIENT -> validation != Validation.LENIENT;
            case DESCRIPTIVE -> validation == Validation.STRICT;
            case NOTED -> false;
        };
    }
}
