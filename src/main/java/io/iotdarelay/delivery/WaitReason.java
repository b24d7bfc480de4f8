package io.iotdarelay.delivery;

/** What a lane waits for. Metrics and health show the codes, which do not change. */
public enum WaitReason {
    DIRECTORY("directory", "the directory does not know the device"),
    LOOKUP("lookup", "the platform is asked for the device's secrets, because it refused one"),
    LINGER("linger", "more reports to share the next request"),
    INTERVAL("interval", "the end of the device's interval between requests"),
    GATE("breaker", "a circuit breaker is open"),
    TOKEN("token", "the device authenticates"),
    SLOT("slot", "the limit of requests in flight is reached"),
    QUOTA("quota", "the quota is used up, or the platform throttles"),
    RETRY("retry", "the next attempt, after a failure of the platform"),
    BACKOFF("backoff", "the next attempt, after the device was refused or throttled"),
    ANSWER("answer", "the platform's answer");

    private final String code;
    private final String meaning;

    WaitReason(String code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public String code() {
        return code;
    }

    public String meaning() {
        return meaning;
    }
}
