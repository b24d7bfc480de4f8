package io.iotdarelay.appside;

/** The calls of the application side that the relay makes. */
enum Call {
    GET_DEVICE("get-device", Subject.DEVICE),
    CREATE_DEVICE("create-device", Subject.OTHER),
    RESET_SECRET("reset-secret", Subject.DEVICE),
    CHANGE_GATEWAY("change-gateway", Subject.DEVICE),
    GET_PRODUCT("get-product", Subject.PRODUCT),
    GET_SHADOW("get-shadow", Subject.DEVICE),
    LIST_DEVICES("list-devices", Subject.OTHER);

    /** What its path names, which may not exist. */
    enum Subject {
        DEVICE,
        PRODUCT,
        OTHER
    }

    private final String label;
    private final Subject subject;

    Call(String label, Subject subject) {
        this.label = label;
        this.subject = subject;
    }

    /** As in metrics. */
    String label() {
        return label;
    }

    Subject subject() {
        return subject;
    }

    /** Whether an answer without a body is as good as another. */
    boolean mayAnswerNothing() {
        return this == CHANGE_GATEWAY;
    }
}
