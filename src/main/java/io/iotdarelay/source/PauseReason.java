package io.iotdarelay.source;

/** Why a partition is not read at the moment. The codes stand in metrics and health, and do not change. */
public enum PauseReason {
    RECORDS("in-flight-records", "as many of its records are in flight as its share of the bound allows"),
    SIZE("in-flight-size", "as many bytes of its records are in flight as its share of the bound allows"),
    REPORTS("in-flight-reports", "records have become so many reports that no more fit beside them"),
    HEAD_OF_LINE("head-of-line", "one unfinished record holds back too many finished ones"),
    UNREADABLE("unreadable", "Kafka returned a batch that cannot be read"),
    BREAKER_OPEN("breaker-open", "the platform is down, a circuit breaker is open"),
    MISCONFIGURED("misconfigured", "the platform answers in a way that only a wrong configuration explains"),
    DEAD_LETTER("dead-letter", "a dead letter of the partition cannot be written"),
    DEAD_LETTER_BUDGET("dead-letter-budget", "most records of the route become dead letters");

    private final String code;
    private final String meaning;

    PauseReason(String code, String meaning) {
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
