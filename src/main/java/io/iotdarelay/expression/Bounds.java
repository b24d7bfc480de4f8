package io.iotdarelay.expression;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Bounds one evaluation. The library calls it before and after each step.
 *
 * <p>A step costs one unit, and more if its value is large: what a step does with a value takes time in proportion. Values
 * are weighed with all that is in them; a part that occurs twice counts twice, or a few steps could make a value that takes
 * hours to compare or to write.
 */
final class Bounds {

    static final int MAX_WORK = 50_000;
    static final int MAX_DEPTH = 100;
    static final int MAX_WEIGHT = 100_000;
    static final int MAX_ELEMENTS = 10_000;
    static final int MAX_TEXT = 65_536;

    private static final int CHARACTERS_PER_UNIT = 32;
    private static final int COMPARISONS_PER_UNIT = 1_000;
    private static final int WEIGHT_PER_UNIT = 64;

    private final IdentityHashMap<Object, Integer> weights = new IdentityHashMap<>();
    private int work;
    private int depth;

    /** How many have been taken. */
    int steps() {
        return work;
    }

    void enter() {
        work(1);
        if (++depth > MAX_DEPTH) {
            throw new ExceededException("it is nested deeper than " + MAX_DEPTH + " steps");
        }
    }

    void leave(@Nullable Object result) {
        depth--;
        work(weigh(result) / WEIGHT_PER_UNIT);
    }

    /** Finding a text in another takes time in proportion to both. */
    void search(String text, String what) {
        work((long) text.length() * what.length() / COMPARISONS_PER_UNIT);
    }

    private void work(long units) {
        if (units > MAX_WORK - work) {
            work = MAX_WORK;
            throw new ExceededException("it takes more than " + MAX_WORK + " steps");
        }
        work += (int) units;
    }

    /** Throws if the value is too large. */
    int weigh(@Nullable Object value) {
        if (value == null) {
            return 1;
        }
        return switch (value) {
            case String text -> text(text.length());
            case List<?> list -> list.isEmpty() ? 1 : list(list);
            case Map<?, ?> map -> map.isEmpty() ? 1 : map(map);
            case Pattern ignored ->
                throw new ExceededException("regular expressions are not available: use a rule's pattern");
            default -> 1;
        };
    }

    /** The weight of a text of this length. */
    static int text(long length) {
        if (length > MAX_TEXT) {
            throw new ExceededException("it makes a text of more than " + MAX_TEXT + " characters");
        }
        return 1 + (int) length / CHARACTERS_PER_UNIT;
    }

    static void elements(int count) {
        if (count > MAX_ELEMENTS) {
            throw new ExceededException("it makes an array of more than " + MAX_ELEMENTS + " elements");
        }
    }

    private int list(List<?> list) {
        Integer known = weights.get(list);
        if (known != null) {
            return known;
        }
        elements(list.size());
        int weight = 1;
        for (Object element : list) {
            weight = sum(weight, weigh(element));
        }
        weights.put(list, weight);
        return weight;
    }

    private int map(Map<?, ?> map) {
        Integer known = weights.get(map);
        if (known != null) {
            return known;
        }
        int weight = 1;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            weight = sum(weight, weigh(entry.getKey()));
            weight = sum(weight, weigh(entry.getValue()));
        }
        weights.put(map, weight);
        return weight;
    }

    private static int sum(int weight, int more) {
        int sum = weight + more;
        if (sum > MAX_WEIGHT) {
            throw new ExceededException("a value is too large, " + MAX_WEIGHT + " members or elements at most");
        }
        return sum;
    }
}
