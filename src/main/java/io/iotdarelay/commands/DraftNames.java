package io.iotdarelay.commands;

import java.text.Normalizer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Names properties after the places where their values are, and routes, each once. */
final class DraftNames {

    private static final int LONGEST = 64;
    private static final Pattern FORBIDDEN = Pattern.compile("[^A-Za-z0-9_\\-\u4e00-\u9fa5]");

    private final Set<String> taken = new HashSet<>();

    String of(Place place) {
        List<String> parts = place.labels();
        int from = parts.size() - 1;
        boolean says = !Place.isUnsaying(parts.getLast());
        from -= says || from == 0 || isNothing(parts.get(from - 1)) ? 0 : 1;
        String name = possible(String.join("_", parts.subList(from, parts.size())));
        while (taken.contains(name) && from > 0) {
            from--;
            name = possible(String.join("_", parts.subList(from, parts.size())));
        }
        return unique(name);
    }

    /** The name itself, or with a number where it is taken. */
    String unique(String name) {
        String unique = name;
        for (int i = 2; !taken.add(unique); i++) {
            unique = name.substring(0, Math.min(name.length(), LONGEST - 4)) + "_" + i;
        }
        return unique;
    }

    private static boolean isNothing(String part) {
        return part.isEmpty() || part.equals(".");
    }

    /** A name that a property of IoTDA can have, and that does not break the device's shadow. */
    static String possible(String name) {
        String plain = Normalizer.normalize(name.strip(), Normalizer.Form.NFD).replaceAll("\\p{Mn}", "");
        String possible = FORBIDDEN.matcher(plain).replaceAll("_").replaceAll("^_+(?=.)|(?<=.)_+$", "");
        String some = possible.isEmpty() ? "value" : possible;
        String safe = Set.of("true", "false").contains(some) ? some + "_" : some;
        return safe.substring(0, Math.min(safe.length(), LONGEST));
    }

    /** Whether a name can stay as it is. */
    static boolean isPossible(String name) {
        return possible(name).equals(name);
    }
}
