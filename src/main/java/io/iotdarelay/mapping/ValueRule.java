package io.iotdarelay.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a value is produced from a record.
 *
 * @param from the selectors; the first that finds something is used
 * @param steps applied to it, in this order
 * @param otherwise the value if nothing is found
 * @param optional whether it may be left out if nothing is found
 */
record ValueRule(
        List<Selector> from, List<Step> steps, @Nullable JsonNode otherwise, boolean optional) {

    /** What a selector finds, unchanged. */
    static ValueRule of(Selector selector) {
        return new ValueRule(List.of(selector), List.of(), null, false);
    }

    Result<JsonNode> value(Scope scope) {
        Result<JsonNode> first = through(from.getFirst().select(scope), scope.work());
        Result<JsonNode> found = first;
        for (int i = 1; i < from.size() && found instanceof Result.Nothing; i++) {
            found = through(from.get(i).select(scope), scope.work());
        }
        if (!(found instanceof Result.Nothing)) {
            return found;
        }
        return otherwise == null ? first : Result.found(otherwise);
    }

    /** Whether a report may still hold a value of this rule. What is a part of the record or a constant takes no memory of its own. */
    boolean mayHold(JsonNode value, Work work) {
        return !makesValues() || work.holds(value);
    }

    private boolean makesValues() {
        for (Selector selector : from) {
            if (selector.makesValues()) {
                return true;
            }
        }
        return !steps.isEmpty();
    }

    private Result<JsonNode> through(Result<JsonNode> selected, Work work) {
        Result<JsonNode> node = selected;
        for (int i = 0; i < steps.size() && node instanceof Result.Found<JsonNode> input; i++) {
            node = steps.get(i).apply(input.value(), work);
        }
        long size = node instanceof Result.Found<JsonNode> found ? Work.size(found.value()) : 0;
        return work.allows(Work.VALUE + size) ? node : Result.failed(Work.TOO_MUCH);
    }
}
