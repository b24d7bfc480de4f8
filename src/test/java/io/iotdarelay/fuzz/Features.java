package io.iotdarelay.fuzz;

import io.iotdarelay.mapping.RouteProperties;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a route makes use of: each key of the configuration and each of its choices, read from the configuration's own records, so that a
 * new one is missed here if no random route has it; and what is written in texts, such as selectors.
 */
final class Features {

    private static final Pattern BRACES = Pattern.compile("\\{([^{}]*)}");
    private static final Set<String> UNITS = Set.of("seconds", "milliseconds", "microseconds", "nanoseconds");

    private static final List<String> IN_TEXTS = List.of(
            "selector pointer",
            "selector /[name=text]",
            "selector value",
            "selector key",
            "selector key:",
            "selector header:",
            "selector key-bytes",
            "selector header-bytes:",
            "selector timestamp",
            "selector topic",
            "selector .",
            "selector ./",
            "selector ../",
            "selector .key",
            "selector .index",
            "selector ../.key",
            "selectors: several",
            "when exists",
            "when matches",
            "when is",
            "when above",
            "when at-least",
            "when below",
            "when at-most",
            "when all",
            "when any",
            "when not",
            "when equal",
            "when one of",
            "time in seconds",
            "time in milliseconds",
            "time in microseconds",
            "time in nanoseconds",
            "time by a pattern",
            "map with *",
            "IoTDA's own form",
            "properties *",
            "properties * of each",
            "properties * by a name",
            "service of a template",
            "each of several levels",
            "each in a service",
            "several routes");

    private final Set<String> found = new TreeSet<>();

    private Features() {}

    /** What there is to be made use of. */
    static Set<String> all() {
        Set<String> all = new TreeSet<>(IN_TEXTS);
        declared(RouteProperties.class, all, new HashSet<>());
        return all;
    }

    private static void declared(Type type, Set<String> all, Set<Type> seen) {
        if (!seen.add(type)) {
            return;
        }
        if (type instanceof ParameterizedType generic) {
            for (Type argument : generic.getActualTypeArguments()) {
                declared(argument, all, seen);
            }
        } else if (type instanceof Class<?> known && known.isEnum()) {
            Arrays.stream(Objects.requireNonNull(known.getEnumConstants()))
                    .forEach(constant -> all.add(known.getSimpleName() + " " + constant));
        } else if (type instanceof Class<?> known && known.isRecord()) {
            for (RecordComponent component : Objects.requireNonNull(known.getRecordComponents())) {
                all.add(name(known, component));
                declared(component.getGenericType(), all, seen);
            }
        }
    }

    private static String name(Class<?> type, RecordComponent component) {
        return type.getSimpleName().replace("Properties", "") + "." + component.getName();
    }

    /** What a route makes use of. */
    static Set<String> of(RouteProperties route) {
        Features features = new Features();
        features.walk(route);
        if (route.services().isEmpty()
                && route.servicesFrom() == null
                && route.to() != RouteProperties.Target.MESSAGE) {
            features.found.add("IoTDA's own form");
        }
        if (route.each().size() > 1) {
            features.found.add("each of several levels");
        }
        route.services().forEach(service -> {
            if (service.id() != null && service.id().contains("{")) {
                features.found.add("service of a template");
            }
            if (!service.each().isEmpty()) {
                features.found.add("each in a service");
            }
            var all = service.properties().get("*");
            if (all != null) {
                features.found.add(
                        all.each() != null
                                ? "properties * of each"
                                : all.name() != null && all.name().from() != null
                                        ? "properties * by a name"
                                        : "properties *");
            }
        });
        return features.found;
    }

    private void walk(@Nullable Object node) {
        switch (node) {
            case Enum<?> choice -> found.add(choice.getDeclaringClass().getSimpleName() + " " + choice);
            case Record keys -> walk(keys);
            case Collection<?> all -> all.forEach(this::walk);
            case Map<?, ?> map -> map.values().forEach(this::walk);
            case null -> {}
            default -> {}
        }
    }

    private void walk(Record keys) {
        for (RecordComponent component : Objects.requireNonNull(keys.getClass().getRecordComponents())) {
            Object value = Components.get(keys, component);
            if (isGiven(value)) {
                found.add(name(keys.getClass(), component));
                switch (component.getName()) {
                    case "when", "eachWhen" -> conditions((Map<?, ?>) Objects.requireNonNull(value));
                    case "from" -> selectors(value);
                    case "text" -> braces(String.valueOf(value));
                    case "format" -> time(value);
                    case "map" -> others((Map<?, ?>) Objects.requireNonNull(value));
                    default -> {}
                }
                walk(value);
            }
        }
    }

    private static boolean isGiven(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            case Collection<?> all -> !all.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    private void others(Map<?, ?> map) {
        if (map.containsKey("*")) {
            found.add("map with *");
        }
    }

    private void time(@Nullable Object format) {
        if (format instanceof String text) {
            found.add(UNITS.contains(text) ? "time in " + text : "time by a pattern");
        }
    }

    private void selectors(@Nullable Object from) {
        if (from instanceof List<?> several) {
            if (several.size() > 1) {
                found.add("selectors: several");
            }
            several.forEach(each -> selector(String.valueOf(each)));
        } else {
            selector(String.valueOf(from));
        }
    }

    private void braces(String template) {
        Matcher matcher = BRACES.matcher(template);
        while (matcher.find()) {
            selector(matcher.group(1));
        }
    }

    private void selector(String text) {
        found.add("selector " + kind(text));
    }

    private static String kind(String text) {
        if (text.isEmpty()) {
            return "value";
        }
        for (String prefix : List.of("key:", "header:", "header-bytes:", "./")) {
            if (text.startsWith(prefix)) {
                return prefix;
            }
        }
        if (text.startsWith("../")) {
            return text.endsWith(".key") ? "../.key" : "../";
        }
        if (text.startsWith("/")) {
            return text.contains("/[") ? "/[name=text]" : "pointer";
        }
        return text;
    }

    private void conditions(Map<?, ?> conditions) {
        conditions.forEach((name, value) -> {
            switch (String.valueOf(name)) {
                case "all", "any" -> {
                    found.add("when " + name);
                    ((List<?>) value).forEach(each -> conditions((Map<?, ?>) each));
                }
                case "not" -> {
                    found.add("when not");
                    conditions((Map<?, ?>) value);
                }
                default -> {
                    selector(String.valueOf(name));
                    condition(value);
                }
            }
        });
    }

    private void condition(Object value) {
        switch (value) {
            case Map<?, ?> checks -> checks.keySet().forEach(check -> found.add("when " + check));
            case List<?> ignored -> found.add("when one of");
            default -> found.add("when equal");
        }
    }
}
