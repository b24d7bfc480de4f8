package io.iotdarelay.mapping;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.Delimiter;

/**
 * How a value is made. A selector alone may stand for the whole rule.
 *
 * @param from selects the value: one selector, or several, of which the first that finds something counts; of several times
 *     the first that is plausible. Either this or {@code value} is required.
 * @param type the data type of the product model: {@code int}, {@code long}, {@code decimal}, {@code string},
 *     {@code DateTime}, {@code enum}, {@code boolean}, {@code jsonObject}, {@code string list}. A value of another type
 *     makes the record a dead letter. Without a type the value is passed on as it is.
 * @param scale multiplies a number, exactly: 2301 with 0.1 is 230.1. The type is {@code decimal} then, unless said
 *     otherwise.
 * @param offset is added to a number after {@code scale}.
 * @param value a constant: text, a number, true or false.
 * @param format the form of a time, for {@code event-time} only: {@code seconds}, {@code milliseconds},
 *     {@code microseconds} or {@code nanoseconds} since 1970, or a pattern of letters as in Java's
 *     {@code DateTimeFormatter}, such as {@code dd.MM.yyyy HH:mm:ss}.
 * @param zone where clocks show times that say nothing of a zone or an offset, such as {@code Europe/Berlin}; UTC without.
 *     For {@code event-time} only.
 * @param notBefore earlier times are implausible: a day, or a time of ISO 8601. {@code 2000-01-01} without. For
 *     {@code event-time} only.
 * @param maxAhead times that are further ahead of the record's time stamp are implausible. {@code 1d} without. For
 *     {@code event-time} only.
 */
@ConfigurationProperties(
        "relay.routes[].services[].properties.*") // for the metadata; the rule stands in other places, too
public record RuleProperties(
        @Delimiter(Delimiter.NONE) @Nullable List<String> from,
        @Nullable ValueType type,
        @Nullable BigDecimal scale,
        @Nullable BigDecimal offset,
        @Nullable Object value,
        @Nullable String format,
        @Nullable String zone,
        @Nullable String notBefore,
        @Nullable Duration maxAhead) {

    /** A selector that stands for the whole rule. */
    public static RuleProperties of(String selector) {
        return new RuleProperties(List.of(selector), null, null, null, null, null, null, null, null);
    }
}
