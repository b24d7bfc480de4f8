package io.iotdarelay.commands;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Writes texts so that YAML reads the same. */
final class YamlText {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");
    private static final Pattern PLAIN_SELECTOR = Pattern.compile("\\.?(/[A-Za-z0-9_.-]+)+|[a-z]+(:[A-Za-z0-9_./-]+)?");
    private static final Set<String> WORDS = Set.of("on", "off", "yes", "no", "true", "false", "null", "y", "n");

    private YamlText() {}

    static String selector(String selector) {
        return PLAIN_SELECTOR.matcher(selector).matches() ? selector : quotedAlways(selector);
    }

    /** A selector as the key of a condition, where what is behind a dot would be part of the condition. */
    static String condition(String selector) {
        return selector.contains(".") ? quotedAlways("[" + selector + "]") : selector(selector);
    }

    static String quoted(String text) {
        return PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT))
                ? text
                : quotedAlways(text);
    }

    /** A key of a map whose keys are data: brackets keep Spring from reading anything into it. */
    static String key(String text) {
        return PLAIN.matcher(text).matches() ? quoted(text) : quotedAlways("[" + text + "]");
    }

    /** JSON's quotes are YAML's, too. */
    static String quotedAlways(String text) {
        return Shown.PRETTY.writeValueAsString(text);
    }

    /** For a line. Quoted texts have no such characters any more. */
    static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
