package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.EachProperties;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.convert.Delimiter;

/**
 * How a value is produced. A selector, or a template with braces, can replace the whole rule. The steps are applied in this order,
 * whatever order they are written in.
 *
 * @param from selects the value: one selector, or several, of which the first that finds something is used; for times, the
 *     first that finds a plausible one, and {@code arrival} as the last: the reading is sent without a time then, and IoTDA uses the
 *     time at which it receives the report. One of {@code from}, {@code text}, {@code expression} and {@code value} is required.
 * @param text a text with selectors in braces, such as {@code {/tenant}_{/unit}}.
 * @param expression a JSONata expression that yields the value, for what rules cannot express: in place of {@code from}.
 * @param missing values that mean "no value": texts or numbers, such as 65535, {@code NaN} or an empty text.
 * @param json the value is JSON as text: a JSON Pointer into it.
 * @param bytes the value is {@code base64} or {@code hex} text of binary data, or an array of 16-bit {@code words}, as Modbus
 *     registers are.
 * @param at where in the bytes a number begins, counted in bytes, or in words; 0 by default.
 * @param as the type of the number in the bytes: {@code int8}, {@code uint8}, {@code int16}, {@code uint16}, {@code int32},
 *     {@code uint32}, {@code int64}, {@code uint64}, {@code float32} or {@code float64}.
 * @param order the order of the bytes: {@code big} (highest byte first, the default), {@code little}, {@code big-swapped} or
 *     {@code little-swapped} (16-bit words in the other order).
 * @param bit a bit of a whole number, 0 (lowest) to 63; true if it is set.
 * @param pattern a regular expression (RE2) to search for; its first group is the value, or the whole match if it has no group.
 * @param asText the value instead of the first group, such as {@code $1_$2}.
 * @param replace texts to replace, in this order, each with its replacement.
 * @param letterCase {@code lower} or {@code upper}.
 * @param map replaces values; {@code *} applies to all others. A boolean counts as 1 or 0.
 * @param sanitize replaces each character of a text that is not an ASCII letter, a digit, {@code _} or {@code -}: such as
 *     {@code _}.
 * @param scale multiplies a number, exactly: 2301 with 0.1 is 230.1. The default {@code type} is then
 *     {@code decimal}.
 * @param offset is added to a number after {@code scale}.
 * @param round how many digits to keep after the decimal point, 0 to 20.
 * @param min a smaller number becomes this one.
 * @param max a larger number becomes this one.
 * @param type the data type of the product model: {@code int}, {@code long}, {@code decimal}, {@code string},
 *     {@code DateTime}, {@code enum}, {@code boolean}, {@code jsonObject}, {@code string list}. A value of another type
 *     makes the record a dead letter. Without a type the value is passed on as it is.
 * @param optional if there is no value, the property is left out. Otherwise the record becomes a dead letter.
 * @param otherwise the value to use if there is none.
 * @param value a constant: text, a number, true or false.
 * @param format the format of a time, for {@code event-time} only: {@code seconds}, {@code milliseconds},
 *     {@code microseconds} or {@code nanoseconds} since 1970, or a pattern of letters as in Java's
 *     {@code DateTimeFormatter}, such as {@code dd.MM.yyyy HH:mm:ss}.
 * @param zone the time zone of times without a zone or an offset, such as {@code Europe/Berlin}; UTC by default.
 *     For {@code event-time} only.
 * @param notBefore earlier times are implausible: a date or an ISO 8601 time. {@code 2000-01-01} by default. For
 *     {@code event-time} only.
 * @param maxAhead times further ahead of the record's timestamp are implausible. {@code 366d} by default. For
 *     {@code event-time} only.
 * @param name which names the properties get, for {@code *} only. Without it members keep their names.
 * @param each an array or an object of which each element becomes a property, for {@code *} only; as for a route. The rule's
 *     other selectors may be relative to the element then.
 */
@ConfigurationProperties("relay.routes[].services[].properties.*") // for the metadata; rules occur in other places, too
public record RuleProperties(
        @Delimiter(Delimiter.NONE) @Nullable List<String> from,
        @Nullable String text,
        @Delimiter(Delimiter.NONE) @Nullable List<String> missing,
        @Nullable String json,
        @Nullable Encoding bytes,
        @Nullable Integer at,
        @Nullable Layout as,
        @Nullable ByteOrdering order,
        @Nullable Integer bit,
        @Nullable String pattern,
        @Nullable String asText,
        @Nullable Map<String, String> replace,
        @Name("case") @Nullable LetterCase letterCase,
        @Nullable Map<String, Object> map,
        @Nullable String sanitize,
        @Nullable BigDecimal scale,
        @Nullable BigDecimal offset,
        @Nullable Integer round,
        @Nullable BigDecimal min,
        @Nullable BigDecimal max,
        @Nullable ValueType type,
        @Nullable Boolean optional,
        @Name("default") @Nullable Object otherwise,
        @Nullable Object value,
        @Nullable String format,
        @Nullable String zone,
        @Nullable String notBefore,
        @Nullable Duration maxAhead,
        @Nullable NameProperties name,
        @Nullable String expression,
        @Nullable List<EachProperties> each) {

    /** How binary data is written in JSON. */
    public enum Encoding {
        BASE64,
        HEX,
        WORDS
    }

    /** Letter cases. */
    public enum LetterCase {
        LOWER,
        UPPER
    }

    /**
     * The names of properties that come from data. A name that IoTDA would discard makes the record a dead letter, unless
     * {@code sanitize} changes it, and so do two members that get the same name.
     *
     * @param from where the name is: a selector, or several, of which the first that finds something is used. For elements of
     *     {@code each}; without it they keep the names of members.
     * @param pattern a regular expression (RE2) to search for in it; its first group is the name.
     * @param asText the name instead of the first group, such as {@code $1_$2}.
     * @param include the members that become properties, by their names in the data; {@code *} in them matches any
     *     characters. All by default.
     * @param exclude members that do not become properties, likewise.
     * @param rename names in the data, each with the name of its property.
     * @param sanitize replaces each character that IoTDA does not accept in the name of a property: such as {@code _}.
     *     Letters lose their accents.
     * @param atMost how many properties there may be, 1 to 500; 500 by default. With more, the record is a dead letter.
     */
    public record NameProperties(
            @Delimiter(Delimiter.NONE) @Nullable List<String> from,
            @Nullable String pattern,
            @Nullable String asText,
            @Delimiter(Delimiter.NONE) @Nullable List<String> include,
            @Delimiter(Delimiter.NONE) @Nullable List<String> exclude,
            @Nullable Map<String, String> rename,
            @Nullable String sanitize,
            @Nullable Integer atMost) {

        static final NameProperties DEFAULT = new NameProperties(null, null, null, null, null, null, null, null);

        /** A selector alone. */
        public static NameProperties of(String from) {
            return new NameProperties(List.of(from), null, null, null, null, null, null, null);
        }
    }

    /** A selector or a template that replaces the whole rule. */
    public static RuleProperties of(String selector) {
        boolean template = selector.contains("{") && !selector.startsWith("/") && !selector.startsWith(".");
        return new RuleProperties(
                template ? null : List.of(selector),
                template ? selector : null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
