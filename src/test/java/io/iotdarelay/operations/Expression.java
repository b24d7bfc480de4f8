package io.iotdarelay.operations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A PromQL expression, as far as one may ask which series it reads. Whether it can be parsed is promtool's word. */
record Expression(String text) {

    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*]");
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w:$])(?<name>[a-zA-Z_:][\\w:]*)(?:\\s*\\{(?<matchers>[^}]*)})?(?!\\s*\\(|[\\w:{])");
    private static final Pattern MATCHER =
            Pattern.compile("(?<label>\\w+)\\s*(?<operator>=~|!~|!=|=)\\s*\"(?<value>[^\"]*)\"");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    /** What one selector asks of one label. */
    record Matching(String label, String value) {

        /** The alternatives, where it is a choice between plain values. */
        List<String> values() {
            return Arrays.asList(value.split("\\|", -1));
        }
    }

    /** Series of one name. */
    record Selection(String metric, List<Matching> matchings) {}

    /** What it reads. */
    List<Selection> selections() {
        String plain = RANGE.matcher(GROUPING.matcher(text).replaceAll(" ")).replaceAll(" ");
        List<Selection> found = new ArrayList<>();
        Matcher selector = SELECTOR.matcher(plain);
        while (selector.find()) {
            boolean quoted = QUOTED.matcher(plain)
                    .results()
                    .anyMatch(text -> text.start() < selector.start() && selector.start() < text.end());
            if (!quoted && !WORDS.contains(selector.group("name"))) {
                found.add(new Selection(selector.group("name"), matchings(selector.group("matchers"))));
            }
        }
        return found;
    }

    private static List<Matching> matchings(@org.jspecify.annotations.Nullable String text) {
        List<Matching> matchings = new ArrayList<>();
        Matcher matcher = MATCHER.matcher(text == null ? "" : text);
        while (matcher.find()) {
            matchings.add(new Matching(matcher.group("label"), matcher.group("value")));
        }
        return matchings;
    }

    /** The labels that it groups and joins by. */
    Set<String> groupings() {
        Set<String> labels = new HashSet<>();
        Matcher grouping = GROUPING.matcher(QUOTED.matcher(text).replaceAll("\"\""));
        while (grouping.find()) {
            Arrays.stream(grouping.group(2).split(","))
                    .map(String::strip)
                    .filter(label -> !label.isEmpty())
                    .forEach(labels::add);
        }
        return labels;
    }
}
