package io.iotdarelay.mapping;

import com.google.re2j.Pattern;
import io.iotdarelay.settings.Suggestion;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeType;

/** Compiles {@code when} and {@code each-when}. Errors are recorded, and the invalid parts left out. */
final class ConditionCompiler {

    private static final String EXISTS = "exists";
    private static final String MATCHES = "matches";
    private static final String IS = "is";
    private static final String ABOVE = "above";
    private static final String AT_LEAST = "at-least";
    private static final String BELOW = "below";
    private static final String AT_MOST = "at-most";
    private static final Set<String> COMPARISONS = Set.of(ABOVE, AT_LEAST, BELOW, AT_MOST);
    private static final List<String> CRITERIA = List.of(EXISTS, MATCHES, IS, ABOVE, AT_LEAST, BELOW, AT_MOST);
    private static final List<String> TYPES = List.of("string", "number", "boolean", "object", "array", "null");

    private final CompilerContext context;

    ConditionCompiler(CompilerContext context) {
        this.context = context;
    }

    /** Nothing where there is no condition. */
    @Nullable
    Condition compile(String path, @Nullable Map<String, Object> conditions) {
        if (conditions == null) {
            return null;
        }
        context.require(!conditions.isEmpty(), path, "at least one condition is required");
        List<Condition> all = new ArrayList<>();
        conditions.forEach((key, value) -> {
            Condition condition = switch (key) {
                case "all" -> new Condition.All(several(path + ".all", value));
                case "any" -> new Condition.Any(several(path + ".any", value));
                case "not" -> not(path + ".not", value);
                default -> field(path + '[' + key + ']', key, value);
            };
            if (condition != null) {
                all.add(condition);
            }
        });
        return all.size() == 1 ? all.getFirst() : new Condition.All(List.copyOf(all));
    }

    private @Nullable Condition not(String path, Object value) {
        Condition negated = nested(path, value);
        return negated == null ? null : new Condition.Not(negated);
    }

    private List<Condition> several(String path, Object value) {
        List<Condition> conditions = new ArrayList<>();
        Collection<?> given = list(value);
        context.require(given != null && !given.isEmpty(), path, "a list of conditions is required");
        int i = 0;
        for (Object each : given == null ? List.of() : given) {
            Condition condition = nested(path + '[' + i++ + ']', each);
            if (condition != null) {
                conditions.add(condition);
            }
        }
        return List.copyOf(conditions);
    }

    @SuppressWarnings("unchecked") // the keys of YAML are texts
    private @Nullable Condition nested(String path, Object value) {
        boolean conditions = value instanceof Map<?, ?> map && !map.isEmpty();
        context.require(conditions, path, "conditions are required, such as { /op: c }");
        return conditions ? compile(path, (Map<String, Object>) value) : null;
    }

    private @Nullable Condition field(String path, String expression, Object value) {
        List<Criterion> criteria = criteria(path, value);
        Selector from = context.selector(path, expression, Selector::parse);
        return from == null ? null : new Condition.Field(from, criteria);
    }

    private List<Criterion> criteria(String path, Object value) {
        Collection<?> list = list(value);
        if (list != null) {
            context.require(!list.isEmpty(), path, "at least one value is required");
            List<Criterion.Value> values = new ArrayList<>();
            for (Object each : list) {
                context.require(!(each instanceof Map), path, "a list of texts, numbers, true or false is required");
                values.add(value(each));
            }
            return List.of(new Criterion.OneOf(List.copyOf(values)));
        }
        if (!(value instanceof Map<?, ?> map)) {
            return List.of(new Criterion.OneOf(List.of(value(value))));
        }
        context.require(!map.isEmpty(), path, "at least one value is required");
        List<Criterion> criteria = new ArrayList<>();
        map.forEach((key, what) -> {
            Criterion found = criterion(path, String.valueOf(key), what);
            if (found != null) {
                criteria.add(found);
            }
        });
        if (map.keySet().stream().anyMatch(COMPARISONS::contains)) {
            criteria.add(new Criterion.Within(
                    number(path, map, ABOVE),
                    number(path, map, AT_LEAST),
                    number(path, map, BELOW),
                    number(path, map, AT_MOST)));
        }
        return List.copyOf(criteria);
    }

    private @Nullable Criterion criterion(String path, String key, Object what) {
        return switch (key) {
            case EXISTS -> exists(path + '.' + key, what);
            case MATCHES -> matches(path + '.' + key, what);
            case IS -> is(path + '.' + key, what);
            default -> {
                context.require(
                        COMPARISONS.contains(key),
                        path + '.' + key,
                        "is no condition: use a value, a list of values, or one of " + String.join(", ", CRITERIA)
                                + Suggestion.among(key, CRITERIA));
                yield null;
            }
        };
    }

    private Criterion exists(String path, Object what) {
        String text = String.valueOf(what);
        context.require(text.equals("true") || text.equals("false"), path, "must be true or false");
        return new Criterion.Exists(text.equals("true"));
    }

    private @Nullable Criterion matches(String path, Object what) {
        Pattern pattern = context.check().pattern(path, String.valueOf(what));
        return pattern == null ? null : new Criterion.Matches(pattern);
    }

    private Criterion is(String path, Object what) {
        Collection<?> list = list(what);
        Set<JsonNodeType> types = EnumSet.noneOf(JsonNodeType.class);
        for (Object each : list == null ? List.of(what) : list) {
            // YAML reads null without quotes as nothing.
            String type = String.valueOf(each).isEmpty() ? "null" : String.valueOf(each);
            boolean known = TYPES.contains(type);
            context.require(
                    known,
                    path,
                    "must be one of " + String.join(", ", TYPES) + ", not '" + type + "'"
                            + Suggestion.among(type, TYPES));
            if (known) {
                types.add(JsonNodeType.valueOf(type.toUpperCase(Locale.ROOT)));
            }
        }
        return new Criterion.Is(types);
    }

    private @Nullable BigDecimal number(String path, Map<?, ?> map, String key) {
        Object given = map.get(key);
        if (given == null) {
            return null;
        }
        BigDecimal number = value(given).number();
        BigDecimal found = number == null ? decimal(String.valueOf(given)) : number;
        context.require(found != null, path + '.' + key, "must be a number");
        return found;
    }

    private static Criterion.Value value(Object value) {
        return new Criterion.Value(String.valueOf(value), value instanceof Number ? decimal(value.toString()) : null);
    }

    private static @Nullable BigDecimal decimal(String text) {
        try {
            BigDecimal number = new BigDecimal(text.strip());
            return Scalars.isBounded(number) ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** A list; Spring makes a map with the keys 0, 1, 2, ... of it. Nothing for anything else. */
    private static @Nullable Collection<?> list(Object value) {
        if (value instanceof Collection<?> list) {
            return list;
        }
        if (!(value instanceof Map<?, ?> map) || map.isEmpty()) {
            return null;
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < map.size(); i++) {
            Object element = map.get(Integer.toString(i));
            if (element == null) {
                return null;
            }
            values.add(element);
        }
        return values;
    }
}
