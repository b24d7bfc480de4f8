package io.iotdarelay.client;

/** How something is meant; a colour on a terminal that has some. */
enum Tone {
    PLAIN(""),
    GOOD("32"),
    BAD("31"),
    WARNING("33"),
    FAINT("2");

    private final String code;

    Tone(String code) {
        this.code = code;
    }

    /** A text that is safe already. */
    String paint(String safe) {
        return code.isEmpty() ? safe : "\033[" + code + "m" + safe + "\033[0m";
    }

    /** Of a state, as the relay words it. */
    static Tone of(String state) {
        return switch (state) {
            case "UP", "running", "delivered", "done", "closed", "CLOSED" -> GOOD;
            case "DOWN",
                    "stopped",
                    "partition stopped",
                    "quarantined",
                    "rejected",
                    "failed",
                    "unknown",
                    "open",
                    "OPEN" -> BAD;
            case "OUT_OF_SERVICE", "waiting", "paused", "cancelled", "silent" -> WARNING;
            default -> PLAIN;
        };
    }
}
