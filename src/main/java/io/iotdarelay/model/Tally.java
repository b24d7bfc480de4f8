package io.iotdarelay.model;

/** Counts findings of one route. */
@FunctionalInterface
interface Tally {

    void count(Rule rule, Action action, int times);

    /** What was done about a finding. The codes stand in metrics and do not change. */
    enum Action {
        /** The record is a dead letter. */
        REJECTED("rejected"),
        /** The value was left out, and the rest delivered. */
        STRIPPED("stripped"),
        /** The value was converted without loss. */
        COERCED("coerced"),
        /** The value is delivered as it is. */
        WARNED("warned");

        private final String code;

        Action(String code) {
            this.code = code;
        }

        String code() {
            return code;
        }
    }
}
