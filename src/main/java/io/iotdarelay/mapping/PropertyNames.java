package io.iotdarelay.mapping;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How properties are called whose names come from data.
 *
 * @param include what is taken, by its name in the data
 * @param exclude what is not
 * @param rename names of properties by names in the data
 * @param replacement stands for characters that the platform does not accept; none without
 * @param atMost how many there may be
 */
record PropertyNames(
        List<Glob> include,
        List<Glob> exclude,
        Map<String, String> rename,
        @Nullable String replacement,
        int atMost) {

    /** What a character of a name in the data takes, in units of {@link Work}. */
    static final int WEIGHT = 5;

    /** Characters, and {@code *} for any. A few of them match in time proportional to the length of a name, never worse. */
    record Glob(List<String> parts) {

        static Glob of(String text) {
            return new Glob(List.of(text.split(Pattern.quote("*"), -1)));
        }

        boolean matches(String name) {
            String first = parts.getFirst();
            String last = parts.getLast();
            if (parts.size() == 1) {
                return name.equals(first);
            }
            if (!name.startsWith(first) || name.length() < first.length() + last.length() || !name.endsWith(last)) {
                return false;
            }
            int end = name.length() - last.length();
            int at = first.length();
            for (String part : parts.subList(1, parts.size() - 1)) {
                int found = name.indexOf(part, at);
                if (found < 0 || found + part.length() > end) {
                    return false;
                }
                at = found + part.length();
            }
            return true;
        }
    }

    /** The name of the property; nothing where there shall be none. */
    Result<String> of(String inData) {
        if ((!include.isEmpty() && !isAmong(include, inData)) || isAmong(exclude, inData)) {
            return Result.nothing("the name is left out");
        }
        String renamed = rename.getOrDefault(inData, inData);
        String name = replacement == null || ModelNames.isProperty(renamed)
                ? renamed
                : ModelNames.sanitized(renamed, replacement);
        return ModelNames.isProperty(name) ? Result.found(name) : Result.failed(ModelNames.adviceForProperty(name));
    }

    private static boolean isAmong(List<Glob> globs, String name) {
        return globs.stream().anyMatch(glob -> glob.matches(name));
    }
}
