package io.iotdarelay.readback;

import java.util.Arrays;
import java.util.List;

/** What the shadow shows of what was reported. The worst is the last. */
enum Sighting {
    /** It cannot be told: the value is masked, not finite, or an earlier one of the same report. */
    UNKNOWN(""),
    /** The value that was reported. */
    STORED("stored"),
    /** A value that the relay delivered later. */
    OVERTAKEN("newer"),
    /** Another value, which somebody else must have reported later; or later reports of the relay were not kept. It proves nothing. */
    NEWER("newer"),
    /** Another value, and nothing says that it is later. */
    DIFFERENT("different"),
    /** The property, or its service, is not there. */
    MISSING("missing");

    private final String code;

    Sighting(String code) {
        this.code = code;
    }

    /** As in the metrics' label {@code outcome}. */
    String code() {
        return code;
    }

    /** Whether the platform has what this relay delivered. */
    boolean isProof() {
        return this == STORED || this == OVERTAKEN;
    }

    /** Whether it may be otherwise a little later. */
    boolean isFailure() {
        return this == DIFFERENT || this == MISSING;
    }

    static List<String> codes() {
        return Arrays.stream(values())
                .map(Sighting::code)
                .filter(code -> !code.isEmpty())
                .distinct()
                .toList();
    }
}
