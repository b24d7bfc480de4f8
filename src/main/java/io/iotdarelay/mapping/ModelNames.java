package io.iotdarelay.mapping;

import io.iotdarelay.settings.Suggestion;
import java.text.Normalizer;

/**
 * The names that a product model of IoTDA can have. The platform discards services and properties with any other name, and
 * still answers 200.
 */
final class ModelNames {

    private static final int MAX_LENGTH = 64;

    /** No name that is longer comes close to a valid one. */
    private static final int LONGEST_FOR_ADVICE = 4 * MAX_LENGTH;

    private static final String SIGNS = "_?'#().,&%@!-";
    private static final char FIRST_CHINESE = '\u4e00';
    private static final char LAST_CHINESE = '\u9fa5';

    private ModelNames() {}

    /** Whether a service may have this name. */
    static boolean isService(String name) {
        return isName(name, "$");
    }

    /** Whether a property may have this name. */
    static boolean isProperty(String name) {
        return isName(name, "");
    }

    /** What is wrong with a service's name, and a valid one that is similar. */
    static String adviceForService(String name) {
        return advice(name, "$");
    }

    /** What is wrong with a property's name, and a valid one that is similar. */
    static String adviceForProperty(String name) {
        return advice(name, "");
    }

    /** A name for a property: letters lose their accents, and characters that are not allowed are replaced. */
    static String sanitized(String name, String replacement) {
        StringBuilder sanitized = new StringBuilder();
        Normalizer.normalize(name, Normalizer.Form.NFD)
                .codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(c -> {
                    if (Character.isBmpCodePoint(c) && isAllowed((char) c)) {
                        sanitized.append((char) c);
                    } else {
                        sanitized.append(replacement);
                    }
                });
        return sanitized.toString();
    }

    private static boolean isName(String name, String more) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!isAllowed(c) && more.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || (c >= FIRST_CHINESE && c <= LAST_CHINESE)
                || SIGNS.indexOf(c) >= 0;
    }

    private static String advice(String name, String more) {
        String rule =
                "IoTDA discards this name: it must be 1 to 64 Chinese characters, letters without accents, digits and "
                        + SIGNS + more;
        if (name.length() > LONGEST_FOR_ADVICE) {
            return rule;
        }
        String possible = sanitized(name.strip(), "_");
        return possible.isEmpty() || possible.length() > MAX_LENGTH ? rule : rule + Suggestion.of(possible);
    }
}
