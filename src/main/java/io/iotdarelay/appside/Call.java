package io.iotdarelay.appside;

/** The calls of the application side that the relay makes. */
enum Call {
    GET_DEVICE("get-device", true),
    CREATE_DEVICE("create-device", false),
    RESET_SECRET("reset-secret", true),
    GET_PRODUCT("get-product", true),
    GET_SHADOW("get-shadow", true),
    LIST_DEVICES("list-devices", false);

    private final String label;
    private final boolean aboutOne;

    Call(String label, boolean aboutOne) {
        this.label = label;
        this.aboutOne = aboutOne;
    }

    /** As in metrics. */
    String label() {
        return label;
    }

    /** Whether its path names one thing, which may not exist. */
    boolean isAboutOne() {
        return aboutOne;
    }
}
