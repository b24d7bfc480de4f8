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
    private final Encodings encodings;

    EachCompiler(RuleCompiler.Check check, Encodings encodings) {
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
        if ((each.from() == null) == (each.expression() == null)) {
            check.require(false, element + ".from", "either a selector or an expression is required");
            return;
        }
        String path = all.size() == 1 ? whole : element;
        try {
            if (each.expression() != null) {
                Selector computed = Selector.Computed.of(each.expression()).in(encodings);
                levels.add(new Each.Level(computed, "the expression", each.optional()));
                return;
            }
            Selector from = Selector.parse(each.from());
            check.require(from.depth() <= depth, path, Selector.tooDeep(each.from(), depth));
            check.require(
                    from instanceof Selector.Path
                            || from instanceof Selector.Relative
                            || from instanceof Selector.JsonKey,
                    path,
                    "'" + each.from() + "' is never an array or an object: use a JSON Pointer, or value for all of it");
            levels.add(new Each.Level(from, each.from(), each.optional()));
        } catch (IllegalArgumentException e) {
            check.require(false, path, String.valueOf(e.getMessage()));
        }
    }

    private static String description(EachProperties each) {
        return String.valueOf(each.from() == null ? each.expression() : each.from());
    }
}
