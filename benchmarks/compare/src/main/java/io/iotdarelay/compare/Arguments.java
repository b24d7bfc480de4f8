package io.iotdarelay.compare;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Arguments of the form {@code --name=value}. */
public final class Arguments {

    private final Map<String, String> values = new HashMap<>();

    public Arguments(String... args) {
        for (String arg : args) {
            if (!arg.startsWith("--")) {
                throw new IllegalArgumentException("not of the form --name=value: " + arg);
            }
            String[] parts = arg.substring(2).split("=", 2);
            values.put(parts[0], parts.length > 1 ? parts[1] : "");
        }
    }

    /** Refuses names that nobody asks for. */
    public void permit(Set<String> names) {
        values.keySet().stream()
                .filter(name -> !names.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException("no such option: --" + name);
                });
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    public String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is missing");
        }
        return value;
    }

    public int number(String name, int otherwise) {
        return Integer.parseInt(text(name, Integer.toString(otherwise)));
    }

    public double real(String name, double otherwise) {
        return Double.parseDouble(text(name, Double.toString(otherwise)));
    }

    public List<String> list(String name, String otherwise) {
        return Arrays.stream(text(name, otherwise).split(","))
                .filter(part -> !part.isBlank())
                .toList();
    }
}
