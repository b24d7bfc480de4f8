package io.iotdarelay.mapping;

import io.iotdarelay.settings.Suggestion;
import java.math.BigDecimal;
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
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Compiles the rules of values. What is wrong is noted, and left out. */
final class RuleCompiler {

    private static final String FOR_TIMES = "has a meaning for event-time only";
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Selectors.Check check;

    RuleCompiler(Selectors.Check check) {
        this.check = check;
    }

    /** A rule of anything but a time. */
    @Nullable
    ValueRule value(String path, RuleProperties rule) {
        check.require(rule.format() == null, path + ".format", FOR_TIMES);
        check.require(rule.zone() == null, path + ".zone", FOR_TIMES);
        check.require(rule.notBefore() == null, path + ".not-before", FOR_TIMES);
        check.require(rule.maxAhead() == null, path + ".max-ahead", FOR_TIMES);
        check.require(
                (rule.from() == null) != (rule.value() == null),
                path,
                "either a selector (from) or a constant (value) is required, not both");
        List<Step> steps = steps(path, rule);
        if (rule.value() != null) {
            return constant(path, rule.value(), rule.type());
        }
        List<Selector> from = selectors(path, rule);
        return from.isEmpty() ? null : new ValueRule(from, steps);
    }

    /** A rule of a time: each of several places is tried on its own. */
    TimeRule time(String path, RuleProperties rule) {
        check.require(rule.type() == null, path + ".type", "has no meaning for event-time");
        check.require(rule.value() == null, path + ".value", "has no meaning for event-time");
        check.require(rule.from() != null, path, "a selector (from) is required");
        List<Step> steps = steps(path, rule);
        List<ValueRule> from = selectors(path, rule).stream()
                .map(selector -> new ValueRule(List.of(selector), steps))
                .toList();
        Duration maxAhead = Objects.requireNonNullElse(rule.maxAhead(), TimeRule.MAX_AHEAD);
        check.require(
                !maxAhead.isNegative() && maxAhead.compareTo(LONGEST) <= 0,
                path + ".max-ahead",
                "must be 0s to 36500d");
        return new TimeRule(from, reader(path, rule), notBefore(path, rule), maxAhead);
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
            check.require(false, path + ".format", "is no form of times: " + e.getMessage());
            return TimeRule.OF_RECORD.reader();
        }
    }

    private ZoneId zone(String path, String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            check.require(
                    false,
                    path,
                    "'" + name + "' is no time zone" + Suggestion.among(name, ZoneId.getAvailableZoneIds()));
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
            check.require(
                    false,
                    path + ".not-before",
                    "'" + text + "' is no day or time: write it as 2020-01-01 or 2020-01-01T00:00:00Z");
            return TimeRule.NOT_BEFORE;
        }
    }

    private List<Selector> selectors(String path, RuleProperties rule) {
        List<String> from = Objects.requireNonNullElse(rule.from(), List.of());
        List<Selector> selectors = new ArrayList<>();
        for (int i = 0; i < from.size(); i++) {
            Selector selector =
                    Selectors.parse(from.size() == 1 ? path : path + ".from[" + i + "]", from.get(i), check);
            if (selector != null) {
                selectors.add(selector);
            }
        }
        return selectors;
    }

    private List<Step> steps(String path, RuleProperties rule) {
        List<Step> steps = new ArrayList<>();
        ValueType type = rule.type();
        if (rule.scale() != null || rule.offset() != null) {
            check.require(rule.value() == null, path, "scale and offset have no meaning for a constant");
            check.require(
                    type == null || type.isNumeric(), path + ".type", "scale and offset want int, long or decimal");
            steps.add(new Step.Scaled(
                    factor(path + ".scale", rule.scale(), BigDecimal.ONE),
                    factor(path + ".offset", rule.offset(), BigDecimal.ZERO)));
        }
        if (type != null) {
            steps.add(new Step.Typed(type));
        }
        return List.copyOf(steps);
    }

    /** A record's number is bounded, so that computing with it stays cheap; what it is computed with has to be, too. */
    private BigDecimal factor(String path, @Nullable BigDecimal given, BigDecimal otherwise) {
        BigDecimal factor = Objects.requireNonNullElse(given, otherwise);
        check.require(Scalars.isBounded(factor), path, "is out of range");
        return factor;
    }

    private @Nullable ValueRule constant(String path, Object value, @Nullable ValueType type) {
        Function<JsonNode, Result<JsonNode>> typed = type == null ? Result::found : type::convert;
        return typed.apply(node(value))
                .<@Nullable ValueRule>fold(node -> ValueRule.of(new Selector.Constant(node)), why -> {
                    check.require(false, path + ".value", why);
                    return null;
                });
    }

    private static JsonNode node(Object value) {
        return switch (value) {
            case Boolean bool -> JsonNodeFactory.instance.booleanNode(bool);
            case Number number -> JsonNodeFactory.instance.numberNode(new BigDecimal(number.toString()));
            default -> JsonNodeFactory.instance.stringNode(value.toString());
        };
    }
}
