package io.iotdarelay.source;

/** Why a partition is not read at the moment. The codes appear in metrics and health, and do not change. */
public enum PauseReason {
    OPERATOR("operator", "an operator has paused it"),
    PAUSES_UNREAD("pauses-unread", "it is not known yet what operators have paused"),
    RECORDS("in-flight-records", "its share of the in-flight records is used up"),
    SIZE("in-flight-size", "its share of the in-flight bytes is used up"),
    REPORTS("in-flight-reports", "the reports of records that became several use up their share of the memory"),
    HEAD_OF_LINE("head-of-line", "one unfinished record holds back too many finished ones"),
    UNREADABLE("unreadable", "Kafka returned a batch that cannot be read"),
    BREAKER_OPEN("breaker-open", "the platform is down: a circuit breaker is open"),
    MISCONFIGURED("misconfigured", "the platform answers in a way that only a wrong configuration explains"),
    REGISTRY("registry", "its records wait for a schema from the registry"),
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
