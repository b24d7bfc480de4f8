package io.iotdarelay.commands;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What differs between two JSON documents, each difference with its JSON Pointer. Numbers are compared by value: 12.0 is 12. */
final class JsonDifference {

    private final List<String> differences = new ArrayList<>();

    private JsonDifference() {}

    static List<String> between(JsonNode wanted, JsonNode given) {
        JsonDifference difference = new JsonDifference();
        difference.compare("", wanted, given);
        return List.copyOf(difference.differences);
    }

    private void compare(String path, JsonNode wanted, JsonNode given) {
        if (wanted.isObject() && given.isObject()) {
            Set<String> names = new LinkedHashSet<>(wanted.propertyNames());
            names.addAll(given.propertyNames());
            names.forEach(name -> compare(path + "/" + Pointers.escaped(name), wanted.path(name), given.path(name)));
        } else if (wanted.isArray() && given.isArray()) {
            for (int i = 0; i < Math.max(wanted.size(), given.size()); i++) {
                compare(path + "/" + i, wanted.path(i), given.path(i));
            }
        } else if (!isSame(wanted, given)) {
            differences.add((path.isEmpty() ? "(all)" : path) + ": expected " + text(wanted) + ", got " + text(given));
        }
    }

    private static boolean isSame(JsonNode wanted, JsonNode given) {
        return (wanted.isNumber() && given.isNumber())
                ? wanted.decimalValue().compareTo(given.decimalValue()) == 0
                : wanted.equals(given);
    }

    private static String text(JsonNode node) {
        return node.isMissingNode() ? "nothing" : node.toString();
    }
}
