package io.iotdarelay.mapping;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Whether a route, a service or an element takes part. What cannot be read holds no condition, but that it is not there. */
sealed interface Condition {

    boolean holds(Scope scope);

    /** What one place has to be. */
    record Field(Selector from, List<Criterion> criteria) implements Condition {
        @Override
        public boolean holds(Scope scope) {
            JsonNode node = from.node(scope);
            for (Criterion criterion : criteria) {
                if (!scope.work().allows(criterion.cost(node)) || !criterion.accepts(node)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** All of them hold. */
    record All(List<Condition> conditions) implements Condition {
        @Override
        public boolean holds(Scope scope) {
            for (Condition condition : conditions) {
                if (!condition.holds(scope)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** One of them holds. */
    record Any(List<Condition> conditions) implements Condition {
        @Override
        public boolean holds(Scope scope) {
            for (Condition condition : conditions) {
                if (condition.holds(scope)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** It does not hold. */
    record Not(Condition condition) implements Condition {
        @Override
        public boolean holds(Scope scope) {
            return !condition.holds(scope);
        }
    }
}
