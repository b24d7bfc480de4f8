package io.iotdarelay.mapping;

import com.google.re2j.Matcher;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A text with the groups of a pattern in it, {@code $1} to {@code $9}. */
record GroupTemplate(String template) {

    private static final Pattern GROUP = Pattern.compile("\\$([1-9])");

    /** The highest group that it names. */
    int groups() {
        return GROUP.matcher(template)
                .results()
                .mapToInt(GroupTemplate::number)
                .max()
                .orElse(0);
    }

    /** Nothing where a group has matched nothing. */
    @Nullable
    String fill(Matcher found) {
        java.util.regex.Matcher groups = GROUP.matcher(template);
        StringBuilder text = new StringBuilder();
        while (groups.find()) {
            String group = found.group(number(groups));
            if (group == null) {
                return null;
            }
            groups.appendReplacement(text, java.util.regex.Matcher.quoteReplacement(group));
        }
        return groups.appendTail(text).toString();
    }

    private static int number(MatchResult group) {
        return Integer.parseInt(group.group(1));
    }
}
