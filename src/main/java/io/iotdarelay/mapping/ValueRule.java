package io.iotdarelay.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a value is made of a record.
 *
 * @param from where it stands: the first place where there is something
 * @param steps what is done to it, in this order
 * @param otherwise what stands for it where there is nothing
 * @param optional whether it may be left out where there is nothing
 */
record ValueRule(
        List<Selector> from, List<Step> steps, @Nullable JsonNode otherwise, boolean optional) {

    /** What a selector finds, as it is. */
    static ValueRule of(Selector selector) {
        return new ValueRule(List.of(selector), List.of(), null, false);
    }

    Result<JsonNode> value(Scope scope) {
        Result<JsonNode> first = through(from.getFirst().select(scope));
        Result<JsonNode> found = first;
        for (int i = 1; i < from.size() && found instanceof Result.Nothing; i++) {
            found = through(from.get(i).select(scope));
        }
        if (!(found instanceof Result.Nothing)) {
            return found;
        }
        return otherwise == null ? first : Result.found(otherwise);
    }

    private Result<JsonNode> through(Result<JsonNode> selected) {
        Result<JsonNode> node = selected;
        for (Step step : steps) {
            node = node.then(step::apply);
        }
        return node;
    }
}
