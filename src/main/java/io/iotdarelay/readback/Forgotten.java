package io.iotdarelay.readback;

import java.util.Arrays;
import java.util.List;

/** Why a check came to no verdict. */
enum Forgotten {
    /** The platform shows no shadow of the device. */
    NO_SHADOW("no-shadow"),
    /** The application side failed, throttled, or gave no answer in time. */
    TROUBLE("trouble"),
    /** The device's partition moved to another instance. */
    MOVED("moved"),
    /** Others wanted the application side all the time. */
    LATE("late"),
    /** What is shown can be compared with nothing, such as a masked value. */
    UNCLEAR("unclear"),
    /** A defect of the relay, which is in the log. */
    DEFECT("defect");

    private final String code;

    Forgotten(String code) {
        this.code = code;
    }

    /** As in the metrics' label {@code reason}. */
    String code() {
        return code;
    }

    static List<String> codes() {
        return Arrays.stream(values()).map(Forgotten::code).toList();
    }
}
