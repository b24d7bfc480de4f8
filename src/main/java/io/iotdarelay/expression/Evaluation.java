package io.iotdarelay.expression;

import tools.jackson.databind.JsonNode;

/** The result of evaluating an expression. */
public sealed interface Evaluation {

    /** A value; never null. */
    record Value(JsonNode tree) implements Evaluation {}

    /** The expression yields nothing, or null. */
    record Nothing() implements Evaluation {}

    /**
     * The evaluation failed, or exceeded a bound.
     *
     * @param why never quotes a value
     */
    record Failed(String why) implements Evaluation {}
}
