package io.iotdarelay.mapping;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.iotdarelay.mapping.RuleProperties.NameProperties;
import io.iotdarelay.settings.Suggestion;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Compiles the rules of values. Errors are recorded, and the invalid parts left out. */
final class RuleCompiler {

    private static final String NOT_FOR_TIMES = "is not allowed for event-time";
    private static final String FOR_TIMES = "is allowed for event-time only";
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** Records a problem unless the condition holds. */
    @FunctionalInterface
    interface Check {
        void require(boolean holds, String path, String message);

        /** Compiles a regular expression, which takes time in proportion to the text; nothing where it is none. */
        default @Nullable Pattern pattern(String path, String text) {
            try {
                return Pattern.compile(text);
            } catch (PatternSyntaxException e) {
                require(
                        false,
                        path,
                        "is not a regular expression: " + e.getDescription()
                                + " (RE2: without backreferences and lookaround)");
                return null;
            }
        }
    }

    private final CompilerContext context;
    private final StepsCompiler steps;

    RuleCompiler(CompilerContext context) {
        this.context = context;
        this.steps = new StepsCompiler(context.check());
    }

    /** A rule of the properties that come from data, or of the value of each element. */
    @Nullable
    ValueRule members(String path, RuleProperties rule) {
        return value(path, rule, true, true);
    }

    /**
     * A rule for anything but a time.
     *
     * @param mayBeLeftOut whether {@code optional} is allowed
     */
    @Nullable
    ValueRule value(String path, RuleProperties rule, boolean mayBeLeftOut) {
        return value(path, rule, mayBeLeftOut, false);
    }

    private @Nullable ValueRule value(String path, RuleProperties rule, boolean mayBeLeftOut, boolean mayBeMany) {
        context.require(rule.format() == null, path + ".format", FOR_TIMES);
        context.require(rule.zone() == null, path + ".zone", FOR_TIMES);
        context.require(rule.notBefore() == null, path + ".not-before", FOR_TIMES);
        context.require(rule.maxAhead() == null, path + ".max-ahead", FOR_TIMES);
        context.require(rule.name() == null || mayBeMany, path + ".name", "is allowed only for '*'");
        context.require(rule.each() == null || mayBeMany, path + ".each", "is allowed only for '*'");
        context.require(
                count(rule.from(), rule.text(), rule.expression(), rule.value()) == 1,
                path,
                "one of a selector (from), a template (text), an expression and a constant (value) is required");
        boolean optional = Boolean.TRUE.equals(rule.optional());
        context.require(
                !optional || mayBeLeftOut,
                path + ".optional",
                "is allowed for properties and the name of a message only");
        context.require(
                !optional || rule.otherwise() == null, path + ".optional", "is not allowed together with a default");
        List<Step> compiled = steps.compile(path, rule);
        if (rule.value() != null) {
            JsonNode constant = steps.constant(path + ".value", rule.value(), rule.type());
            return constant == null ? null : ValueRule.of(new Selector.Constant(constant));
        }
        JsonNode otherwise =
                rule.otherwise() == null ? null : steps.constant(path + ".default", rule.otherwise(), rule.type());
        List<Selector> from = selectors(path, rule, Selector::parse);
        return from.isEmpty() ? null : new ValueRule(from, compiled, otherwise, optional);
    }

    /** A rule for a time: several selectors are tried one by one. */
    TimeRule time(String path, RuleProperties rule) {
        context.require(rule.type() == null, path + ".type", NOT_FOR_TIMES);
        context.require(rule.name() == null, path + ".name", NOT_FOR_TIMES);
        context.require(rule.each() == null, path + ".each", NOT_FOR_TIMES);
        context.require(rule.value() == null, path + ".value", NOT_FOR_TIMES);
        context.require(rule.optional() == null, path + ".optional", NOT_FOR_TIMES);
        context.require(
                rule.otherwise() == null, path + ".default", NOT_FOR_TIMES + ": list several selectors in from");
        context.require(
                count(rule.from(), rule.text(), rule.expression()) == 1,
                path,
                "one of a selector (from), a template (text) and an expression is required");
        List<Step> compiled = steps.compile(path, rule);
        List<Selector> selectors = selectors(path, rule, Selector::ofTime);
        int arrival = selectors.indexOf(Selector.Arrival.INSTANCE);
        context.require(
                arrival < 0 || arrival == selectors.size() - 1,
                path + ".from",
                "'arrival' must be the last selector: there is always a time of arrival");
        List<ValueRule> from = selectors.stream()
                .map(selector -> new ValueRule(List.of(selector), compiled, null, false))
                .toList();
        Duration maxAhead = Objects.requireNonNullElse(rule.maxAhead(), TimeRule.MAX_AHEAD);
        context.require(
                !maxAhead.isNegative() && maxAhead.compareTo(LONGEST) <= 0,
                path + ".max-ahead",
                "must be 0s to 36500d");
        return new TimeRule(from, reader(path, rule), notBefore(path, rule), maxAhead, arrival >= 0);
    }

    private static long count(@Nullable Object... given) {
        return Stream.of(given).filter(Objects::nonNull).count();
    }

    private TimeReader reader(String path, RuleProperties rule) {
        ZoneId zone = rule.zone() == null ? ZoneOffset.UTC : zone(path + ".zone", rule.zone());
        if (rule.format() == null) {
            return new TimeReader.Guessing(new TimeText(zone));
        }
        for (TimeReader.Epoch unit : TimeReader.Epoch.values()) {
            if (unit.name().toLowerCase(Locale.ROOT).equals(rule.format())) {
                return new TimeReader.Counted(unit);
            }
        }
        try {
            return new TimeReader.Formatted(TimeFormat.of(rule.format(), zone));
        } catch (IllegalArgumentException e) {
            context.require(false, path + ".format", "is not a valid time format: " + e.getMessage());
            return TimeRule.OF_RECORD.reader();
        }
    }

    private ZoneId zone(String path, String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            context.require(
                    false,
                    path,
                    "'" + name + "' is not a valid time zone" + Suggestion.among(name, ZoneId.getAvailableZoneIds()));
            return ZoneOffset.UTC;
        }
    }

    private Instant notBefore(String path, RuleProperties rule) {
        String text = rule.notBefore();
        if (text == null) {
            return TimeRule.NOT_BEFORE;
        }
        try {
            return text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException e) {
            context.require(
                    false,
                    path + ".not-before",
                    "'" + text + "' is not a valid date or time: write it as 2020-01-01 or 2020-01-01T00:00:00Z");
            return TimeRule.NOT_BEFORE;
        }
    }

    /** A rule for the names of properties. */
    @Nullable
    ValueRule name(String path, List<String> from, NameProperties names) {
        List<Step> compiled = new ArrayList<>();
        steps.pattern(path, names.pattern(), names.asText(), compiled);
        List<Selector> selectors = new ArrayList<>();
        add(selectors, path, from, Selector::parse);
        return selectors.isEmpty() ? null : new ValueRule(selectors, List.copyOf(compiled), null, false);
    }

    /**
     * The selectors of a rule.
     *
     * @param ofFrom parses those of {@code from}
     */
    private List<Selector> selectors(String path, RuleProperties rule, Function<String, Selector> ofFrom) {
        List<Selector> selectors = new ArrayList<>();
        if (rule.text() != null) {
            add(selectors, path, rule.text(), Selector.Template::parse);
        }
        if (rule.expression() != null) {
            add(selectors, path + ".expression", rule.expression(), Selector.Computed::of);
        }
        if (rule.from() != null) {
            add(selectors, path, rule.from(), ofFrom);
        }
        return selectors;
    }

    private void add(List<Selector> selectors, String path, List<String> from, Function<String, Selector> parser) {
        context.require(!from.isEmpty(), path + ".from", "at least one selector is required");
        for (int i = 0; i < from.size(); i++) {
            add(selectors, from.size() == 1 ? path : path + ".from[" + i + "]", from.get(i), parser);
        }
    }

    private void add(
            List<Selector> selectors, String path, String expression, Function<String, ? extends Selector> parser) {
        Selector selector = context.selector(path, expression, parser);
        if (selector != null) {
            selectors.add(selector);
        }
    }
}
