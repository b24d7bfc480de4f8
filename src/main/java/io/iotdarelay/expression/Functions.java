package io.iotdarelay.expression;

import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Jsonata.JFunction;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the language. The library's own take time in proportion to their arguments, apart from some that are
 * replaced here: they could make any amount of text or digits of a few characters, or lose digits. Others are not available,
 * because they take more time than that, depend on the time of day, on chance, or on the library's regular expressions.
 */
final class Functions {

    private static final Set<String> UNAVAILABLE = Set.of(
            "assert",
            "distinct",
            "error",
            "eval",
            "formatInteger",
            "formatNumber",
            "fromMillis",
            "match",
            "millis",
            "now",
            "parseInteger",
            "random",
            "shuffle",
            "toMillis");

    private static final Pattern VARIABLE = Pattern.compile("\\$([A-Za-z0-9_]+)");
    private static final int MAX_DIGITS = 100;

    /** A double reaches to 1E+308; written out, 1E+999999999 would take a billion digits. */
    private static final int MAX_EXPONENT = 400;

    private Functions() {}

    /** The first function that an expression names and that is not available. */
    static @Nullable String unavailable(String expression) {
        Matcher variables = VARIABLE.matcher(expression);
        while (variables.find()) {
            if (UNAVAILABLE.contains(variables.group(1))) {
                return variables.group(1);
            }
        }
        return null;
    }

    /**
     * Registers the functions.
     *
     * @param bounds those of the evaluation that calls a function
     */
    static void register(Jsonata expression, Supplier<Bounds> bounds) {
        define(
                expression,
                "abs",
                "<n-:n>",
                arguments -> decimal(arguments.getFirst()).abs());
        define(expression, "number", "<(nsb)-:n>", arguments -> number(arguments.getFirst()));
        define(
                expression,
                "round",
                "<n-n?:n>",
                arguments -> round(
                        decimal(arguments.getFirst()), argument(arguments, 1) instanceof Number n ? n.intValue() : 0));
        define(
                expression,
                "pad",
                "<s-ns?:s>",
                arguments -> pad(
                        text(arguments.getFirst()),
                        ((Number) arguments.get(1)).intValue(),
                        argument(arguments, 2) instanceof String s ? s : " "));
        define(
                expression,
                "join",
                "<a<s>s?:s>",
                arguments -> join((List<?>) arguments.getFirst(), argument(arguments, 1) instanceof String s ? s : ""));
        define(
                expression,
                "replace",
                "<s-ssn?:s>",
                arguments -> replace(
                        bounds.get(),
                        text(arguments.getFirst()),
                        text(arguments.get(1)),
                        text(arguments.get(2)),
                        argument(arguments, 3) instanceof Number n ? n.intValue() : Integer.MAX_VALUE));
        define(
                expression,
                "contains",
                "<s-s:b>",
                arguments -> find(bounds.get(), text(arguments.getFirst()), text(arguments.get(1))) >= 0);
        define(expression, "substringBefore", "<s-s:s>", arguments -> {
            String text = text(arguments.getFirst());
            int found = find(bounds.get(), text, text(arguments.get(1)));
            return found < 0 ? text : text.substring(0, found);
        });
        define(expression, "substringAfter", "<s-s:s>", arguments -> {
            String text = text(arguments.getFirst());
            int found = find(bounds.get(), text, text(arguments.get(1)));
            return found < 0
                    ? text
                    : text.substring(found + text(arguments.get(1)).length());
        });
        define(
                expression,
                "split",
                "<s-sn?:a<s>>",
                arguments -> split(
                        bounds.get(),
                        text(arguments.getFirst()),
                        text(arguments.get(1)),
                        argument(arguments, 2) instanceof Number n ? n.intValue() : Integer.MAX_VALUE));
    }

    /** What a function makes of its arguments, of which the first is there. */
    @FunctionalInterface
    private interface Body {
        Object of(List<?> arguments);
    }

    /** What is applied to nothing yields nothing. */
    private static void define(Jsonata expression, String name, String signature, Body body) {
        expression.registerFunction(
                name,
                new JFunction(
                        (input, arguments) -> argument(arguments, 0) == null ? null : body.of(arguments), signature));
    }

    private static @Nullable Object argument(List<?> arguments, int index) {
        return index < arguments.size() ? arguments.get(index) : null;
    }

    private static String text(@Nullable Object argument) {
        return String.valueOf(argument);
    }

    private static BigDecimal decimal(@Nullable Object argument) {
        return bounded(new BigDecimal(text(argument)));
    }

    private static Object number(Object argument) {
        return switch (argument) {
            case Boolean truth -> truth ? 1 : 0;
            case Number number -> number;
            default -> {
                try {
                    yield decimal(text(argument).strip());
                } catch (NumberFormatException e) {
                    throw new ExceededException("expected a text that is a number");
                }
            }
        };
    }

    /** Rounds a half to the even neighbour, as the language does. */
    private static BigDecimal round(BigDecimal number, int digits) {
        if (Math.abs(digits) > MAX_DIGITS) {
            throw new ExceededException("it rounds to more than " + MAX_DIGITS + " digits");
        }
        BigDecimal rounded = number.setScale(digits, RoundingMode.HALF_EVEN).stripTrailingZeros();
        return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
    }

    private static String pad(String text, int width, String with) {
        int missing = (int) Math.min(Integer.MAX_VALUE, Math.abs((long) width) - text.codePointCount(0, text.length()));
        if (missing <= 0 || with.isEmpty()) {
            return text;
        }
        Bounds.text((long) text.length() + missing * 2L);
        int[] signs = with.codePoints().toArray();
        StringBuilder padding = new StringBuilder();
        for (int i = 0; i < missing; i++) {
            padding.appendCodePoint(signs[i % signs.length]);
        }
        return width > 0 ? text + padding : padding + text;
    }

    private static String join(List<?> texts, String separator) {
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            joined.append(i == 0 ? "" : separator).append(texts.get(i));
            Bounds.text(joined.length());
        }
        return joined.toString();
    }

    private static int find(Bounds bounds, String text, String what) {
        bounds.search(text, what);
        return text.indexOf(what);
    }

    private static List<String> split(Bounds bounds, String text, String separator, int limit) {
        bounds.search(text, separator);
        List<String> parts = new ArrayList<>();
        int from = 0;
        int found = next(text, separator, 0);
        while (found >= 0 && parts.size() < limit) {
            parts.add(text.substring(from, found));
            Bounds.elements(parts.size());
            from = found + separator.length();
            found = next(text, separator, from);
        }
        if (parts.size() < limit) {
            parts.add(text.substring(from));
        }
        return parts;
    }

    /** Where the next separator is; an empty one is behind each character but the last. */
    private static int next(String text, String separator, int from) {
        if (!separator.isEmpty()) {
            return text.indexOf(separator, from);
        }
        int next = from < text.length() ? text.offsetByCodePoints(from, 1) : text.length();
        return next < text.length() ? next : -1;
    }

    private static String replace(Bounds bounds, String text, String what, String with, int limit) {
        if (what.isEmpty()) {
            throw new ExceededException("it replaces an empty text");
        }
        bounds.search(text, what);
        StringBuilder replaced = new StringBuilder();
        int from = 0;
        int found = text.indexOf(what);
        for (int count = 0; found >= 0 && count < limit; count++) {
            replaced.append(text, from, found).append(with);
            Bounds.text(replaced.length());
            from = found + what.length();
            found = text.indexOf(what, from);
        }
        return replaced.append(text, from, text.length()).toString();
    }

    static BigDecimal bounded(BigDecimal number) {
        if (Math.abs((long) number.precision() - number.scale()) > MAX_EXPONENT
                || Math.abs((long) number.scale()) > MAX_EXPONENT) {
            throw new ExceededException("a number is out of range");
        }
        return number;
    }
}
