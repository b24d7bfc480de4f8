package io.iotdarelay.mapping;

import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeType;

/** What a condition asks of one place. A place that is not there is a missing node. */
sealed interface Criterion {

    /** Conditions are asked of each element: a long text must not be searched thousands of times. */
    int LONGEST = 4096;

    boolean accepts(JsonNode node);

    /** In units of {@link Work}. */
    default long cost(JsonNode node) {
        return 1;
    }

    /** How much of a node is read. */
    private static long read(JsonNode node) {
        long size = Work.size(node);
        return size > LONGEST ? 1 : 1 + size;
    }

    /** It is there, and not null; or not. */
    record Exists(boolean wanted) implements Criterion {
        @Override
        public boolean accepts(JsonNode node) {
            return wanted != (node.isMissingNode() || node.isNull());
        }
    }

    /**
     * A value to compare with. Keys and headers are texts: what looks the same is the same.
     *
     * @param number where it is one: 5 is 5.0
     */
    record Value(String text, @Nullable BigDecimal number) {

        boolean is(JsonNode node) {
            if (number != null && (node.isNumber() || node.isString())) {
                return Scalars.decimal(node) instanceof Result.Found<BigDecimal> found
                        && found.value().compareTo(number) == 0;
            }
            if (node.isString()) {
                return node.asString().equals(text);
            }
            return node.isBoolean() && Boolean.toString(node.asBoolean()).equals(text);
        }
    }

    /** One of these. */
    record OneOf(List<Value> values) implements Criterion {
        @Override
        public long cost(JsonNode node) {
            return values.size() * read(node);
        }

        @Override
        public boolean accepts(JsonNode node) {
            for (Value value : values) {
                if (value.is(node)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A text or a number in which a pattern finds something. */
    record Matches(Pattern pattern) implements Criterion {
        @Override
        public long cost(JsonNode node) {
            return Work.weight(pattern) * read(node);
        }

        @Override
        public boolean accepts(JsonNode node) {
            if (!node.isString() && !node.isNumber() && !node.isBoolean()) {
                return false;
            }
            String text = node.asString();
            return text.length() <= LONGEST && pattern.matcher(text).find();
        }
    }

    /** Of one of these types. */
    record Is(Set<JsonNodeType> types) implements Criterion {
        @Override
        public boolean accepts(JsonNode node) {
            return types.contains(node.getNodeType());
        }
    }

    /** A number, or a text that is one, in a range. */
    record Within(
            @Nullable BigDecimal above,
            @Nullable BigDecimal atLeast,
            @Nullable BigDecimal below,
            @Nullable BigDecimal atMost)
            implements Criterion {
        @Override
        public long cost(JsonNode node) {
            return read(node);
        }

        @Override
        public boolean accepts(JsonNode node) {
            if (!(Scalars.decimal(node) instanceof Result.Found<BigDecimal> found)) {
                return false;
            }
            BigDecimal number = found.value();
            return (above == null || number.compareTo(above) > 0)
                    && (atLeast == null || number.compareTo(atLeast) >= 0)
                    && (below == null || number.compareTo(below) < 0)
                    && (atMost == null || number.compareTo(atMost) <= 0);
        }
    }
}
