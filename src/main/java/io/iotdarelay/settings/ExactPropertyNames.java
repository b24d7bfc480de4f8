package io.iotdarelay.settings;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.EnumerablePropertySource;

/**
 * A view of a property source in which the names of device properties are in brackets.
 *
 * <p>Spring drops unexpected characters from the keys of a map: {@code temp_c} would take the value of {@code tempC}, and a
 * name in Chinese would disappear. In brackets a key is kept unchanged. Only a name with a dot has to be written in brackets
 * by the user, as in {@code "[outside.temperature]"}: what follows a dot is part of the rule.
 */
final class ExactPropertyNames extends EnumerablePropertySource<EnumerablePropertySource<?>>
        implements OriginLookup<String> {

    /** A property of a service, or the ID of a product, in which {@code _} counts. */
    private static final Pattern NAMED = Pattern.compile(
            "(?<before>relay\\.routes\\[\\d+]\\.services\\[\\d+]\\.properties|relay\\.models\\.products)"
                    + "\\.(?<name>[^.\\[\\]]+)(?<after>\\..*)?");

    /** What a rule replaces, or looks up in a map: any text, a dot for instance. */
    private static final Pattern WORD =
            Pattern.compile("(?<before>relay\\.routes\\[\\d+]\\..*?\\.(?:map|replace|rename))\\.(?<word>[^\\[\\]]+)");

    /** Where conditions begin; of a service or a route. */
    private static final Pattern CONDITIONS = Pattern.compile(
            "(?<before>relay\\.routes\\[\\d+](?:\\.services\\[\\d+])?\\.(?:each-)?when)(?<conditions>[.\\[].+)");

    private static final Pattern NESTED = Pattern.compile("\\.(?:all|any)\\[\\d+]|\\.not(?=\\.)");

    /** A selector, and what it is asked. */
    private static final Pattern SELECTOR = Pattern.compile("\\.(?<selector>(?:\\.\\.?/)*(?:\\.(?:key|index)|\\.\\.?"
            + "|(?:[^.\\[\\]]|\\[[^\\[\\]=]+=[^\\[\\]]*])+))(?<check>[.\\[].*)?");

    private final Map<String, String> originals = new LinkedHashMap<>();

    ExactPropertyNames(EnumerablePropertySource<?> source) {
        super(source.getName(), source);
        for (String original : source.getPropertyNames()) {
            originals.put(exact(original), original);
        }
    }

    /** Whether a source has such properties. Others are left unchanged, because Spring treats some kinds of them specially. */
    static boolean isNeededFor(EnumerablePropertySource<?> source) {
        return Arrays.stream(source.getPropertyNames())
                .anyMatch(name -> !exact(name).equals(name));
    }

    static String exact(String name) {
        Matcher matcher = NAMED.matcher(name);
        if (!matcher.matches()) {
            return exactWord(name);
        }
        String after = matcher.group("after");
        return exactWord(matcher.group("before") + '[' + matcher.group("name") + ']' + (after == null ? "" : after));
    }

    private static String exactWord(String name) {
        Matcher matcher = WORD.matcher(name);
        return matcher.matches() ? matcher.group("before") + '[' + matcher.group("word") + ']' : exactCondition(name);
    }

    private static String exactCondition(String name) {
        Matcher matcher = CONDITIONS.matcher(name);
        if (!matcher.matches()) {
            return name;
        }
        String conditions = matcher.group("conditions");
        int begin = 0;
        Matcher nested = NESTED.matcher(conditions);
        while (nested.region(begin, conditions.length()).lookingAt()) {
            begin = nested.end();
        }
        Matcher selector = SELECTOR.matcher(conditions).region(begin, conditions.length());
        if (!selector.matches()) {
            return name;
        }
        String asked = selector.group("check");
        return matcher.group("before")
                + conditions.substring(0, begin)
                + '['
                + selector.group("selector")
                + ']'
                + (asked == null ? "" : asked);
    }

    @Override
    public String[] getPropertyNames() {
        return originals.keySet().toArray(String[]::new);
    }

    @Override
    public @Nullable Object getProperty(String name) {
        String original = originals.get(name);
        return original == null ? null : source.getProperty(original);
    }

    @Override
    public @Nullable Origin getOrigin(String key) {
        String original = originals.get(key);
        return original == null ? null : OriginLookup.getOrigin(source, original);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
