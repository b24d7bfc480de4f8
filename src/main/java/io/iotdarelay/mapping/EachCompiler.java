package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.EachProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compiles {@code each}. Errors are recorded, and the invalid parts left out. */
final class EachCompiler {

    private static final int MOST_LEVELS = 5;

    private final CompilerContext context;

    EachCompiler(CompilerContext context) {
        this.context = context;
    }

    /**
     * Nothing where there is no {@code each}.
     *
     * @param when which elements are taken: {@code each-when}, beside it
     */
    @Nullable
    Each compile(String path, List<EachProperties> each, @Nullable Map<String, Object> when) {
        String whenPath = path + "-when";
        context.require(when == null || !each.isEmpty(), whenPath, "is allowed beside each only");
        if (each.isEmpty()) {
            return null;
        }
        context.require(each.size() <= MOST_LEVELS, path, "at most " + MOST_LEVELS + " levels are possible");
        List<Each.Level> levels = new ArrayList<>();
        for (int i = 0; i < each.size(); i++) {
            level(path, i, each, levels);
        }
        String description = each.stream().map(EachCompiler::description).collect(Collectors.joining(" "));
        Condition condition = new ConditionCompiler(context.inside(each.size())).compile(whenPath, when);
        return new Each(description, List.copyOf(levels), condition);
    }

    private void level(String whole, int index, List<EachProperties> all, List<Each.Level> levels) {
        EachProperties each = all.get(index);
        String element = whole + '[' + index + ']';
        String selector = each.from();
        String expression = each.expression();
        context.require(
                (selector == null) != (expression == null),
                element + ".from",
                "either a selector or an expression is required");
        String path = all.size() == 1 ? whole : element;
        CompilerContext here = context.inside(index);
        Selector from = null;
        if (selector != null) {
            from = here.selector(path, selector, Selector::parse);
            here.require(
                    from == null || mayBeMany(from),
                    path,
                    "'" + selector + "' is never an array or an object: use a JSON Pointer, or value for all of it");
        } else if (expression != null) {
            from = here.selector(path, expression, Selector.Computed::of);
        }
        if (from != null) {
            levels.add(new Each.Level(from, selector == null ? "the expression" : selector, each.optional()));
        }
    }

    private static boolean mayBeMany(Selector from) {
        return from instanceof Selector.Path || from instanceof Selector.Relative || from instanceof Selector.JsonKey;
    }

    private static String description(EachProperties each) {
        return String.valueOf(each.from() == null ? each.expression() : each.from());
    }
}
