package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.EachProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compiles {@code each}. What is wrong is noted, and left out. */
final class EachCompiler {

    private static final int MOST_LEVELS = 5;

    private final RuleCompiler.Check check;
    private final KeyAndHeaderFormats encodings;

    EachCompiler(RuleCompiler.Check check, KeyAndHeaderFormats encodings) {
        this.encodings = encodings;
        this.check = check;
    }

    /**
     * Nothing where there is no {@code each}.
     *
     * @param depth in how many levels it is itself
     * @param when which elements are taken, in a key of the name {@code whenPath}
     */
    @Nullable
    Each compile(
            String path, List<EachProperties> each, int depth, String whenPath, @Nullable Map<String, Object> when) {
        check.require(when == null || !each.isEmpty(), whenPath, "is allowed beside each only");
        if (each.isEmpty()) {
            return null;
        }
        check.require(each.size() <= MOST_LEVELS, path, "at most " + MOST_LEVELS + " levels are possible");
        List<Each.Level> levels = new ArrayList<>();
        for (int i = 0; i < each.size(); i++) {
            level(path, i, each, depth + i, levels);
        }
        String description = each.stream().map(EachCompiler::description).collect(Collectors.joining(" "));
        Condition condition = new ConditionCompiler(check, depth + each.size(), encodings).compile(whenPath, when);
        return new Each(description, List.copyOf(levels), condition);
    }

    private void level(String whole, int index, List<EachProperties> all, int depth, List<Each.Level> levels) {
        EachProperties each = all.get(index);
        String element = whole + '[' + index + ']';
        String selector = each.from();
        String expression = each.expression();
        check.require(
                (selector == null) != (expression == null),
                element + ".from",
                "either a selector or an expression is required");
        String path = all.size() == 1 ? whole : element;
        try {
            if (selector != null) {
                levels.add(new Each.Level(selected(path, selector, depth), selector, each.optional()));
            } else if (expression != null) {
                Selector computed = Selector.Computed.of(expression).in(encodings);
                levels.add(new Each.Level(computed, "the expression", each.optional()));
            }
        } catch (IllegalArgumentException e) {
            check.require(false, path, String.valueOf(e.getMessage()));
        }
    }

    private Selector selected(String path, String selector, int depth) {
        Selector from = Selector.parse(selector);
        check.require(from.depth() <= depth, path, Selector.tooDeep(selector, depth));
        check.require(
                from instanceof Selector.Path || from instanceof Selector.Relative || from instanceof Selector.JsonKey,
                path,
                "'" + selector + "' is never an array or an object: use a JSON Pointer, or value for all of it");
        return from;
    }

    private static String description(EachProperties each) {
        return String.valueOf(each.from() == null ? each.expression() : each.from());
    }
}
