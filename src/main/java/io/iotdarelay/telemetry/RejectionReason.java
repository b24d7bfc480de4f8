package io.iotdarelay.telemetry;

/** Why a record became a dead letter. The codes appear in headers and metrics, and do not change. */
public enum RejectionReason {
    UNDECODABLE("undecodable", "the value is not valid in the route's format"),
    UNMAPPABLE("unmappable", "no route, a selector finds nothing, a wrong type, or an invalid device ID"),
    MODEL_VIOLATION("model-violation", "the report does not fit the product model"),
    TOO_LARGE("too-large", "the record alone exceeds the platform's limit for a request, or becomes too many reports"),
    UNKNOWN_DEVICE("unknown-device", "the directory does not know the device, or its gateway"),
    NOT_PERMITTED(
            "not-permitted", "the route may not speak for the device, or through the gateway that the record names"),
    DEVICE_REJECTED("device-rejected", "the platform refuses the device's credentials"),
    DEVICE_FAILING("device-failing", "the device's requests have failed for a long time while others succeed"),
    CHILD_REJECTED("child-rejected", "the platform does not know the child device under this gateway"),
    REFUSED("refused", "the platform refuses the report"),
    INTERNAL_ERROR("internal-error", "a defect of the relay");

    private final String code;
    private final String meaning;

    RejectionReason(String code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** As in the dead letter's header {@code iotda-relay-reason} and in the metrics' label {@code reason}. */
    public String code() {
        return code;
    }

    public String meaning() {
        return meaning;
    }
}
