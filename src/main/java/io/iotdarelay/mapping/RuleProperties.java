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
 * How a value is made. A selector alone may stand for the whole rule, and so may a template with braces. The steps are taken in
 * this order, whatever the order in which they are written.
 *
 * @param from selects the value: one selector, or several, of which the first that finds something counts; of several times
 *     the first that is plausible. One of {@code from}, {@code text},
 *     {@code expression} and {@code value} is required.
 * @param text a text with selectors in braces, such as {@code {/tenant}_{/unit}}.
 * @param expression an expression of JSONata whose value it is, for what rules cannot say: in place of {@code from}.
 * @param missing values that say there is none: texts or numbers, such as 65535, {@code NaN} or an empty text.
 * @param json the value is JSON in a text: a JSON Pointer into that.
 * @param bytes the value is {@code base64} or {@code hex} text of binary, or an array of 16-bit {@code words}, as Modbus
 *     registers are.
 * @param at where in the bytes a number begins, counted in bytes, or in words; 0 without.
 * @param as the number in the bytes: {@code int8}, {@code uint8}, {@code int16}, {@code uint16}, {@code int32},
 *     {@code uint32}, {@code int64}, {@code uint64}, {@code float32} or {@code float64}.
 * @param order the order of the bytes: {@code big} (first byte highest, also without), {@code little}, {@code big-swapped} or
 *     {@code little-swapped} (16-bit words in the other order).
 * @param bit the number of a bit in a whole number, 0 to 63; true where it is set.
 * @param pattern a regular expression (RE2) that is looked for; its first group is the value, or the whole match without one.
 * @param asText the value in place of the first group, such as {@code $1_$2}.
 * @param replace texts that are replaced in this order, each with what stands for it.
 * @param letterCase {@code lower} or {@code upper}.
 * @param map values by what stands for them; {@code *} for all others. A boolean counts as 1 or 0.
 * @param sanitize stands for each character of a text that is no ASCII letter, digit, {@code _} or {@code -}: such as
 *     {@code _}.
 * @param scale multiplies a number, exactly: 2301 with 0.1 is 230.1. The type is {@code decimal} then, unless said
 *     otherwise.
 * @param offset is added to a number after {@code scale}.
 * @param round how many digits are kept behind the point, 0 to 20.
 * @param min a smaller number becomes this one.
 * @param max a larger number becomes this one.
 * @param type the data type of the product model: {@code int}, {@code long}, {@code decimal}, {@code string},
 *     {@code DateTime}, {@code enum}, {@code boolean}, {@code jsonObject}, {@code string list}. A value of another type
 *     makes the record a dead letter. Without a type the value is passed on as it is.
 * @param optional where there is no value, the property is left out; without, the record is a dead letter.
 * @param otherwise the value where there is none.
 * @param value a constant: text, a number, true or false.
 * @param format the form of a time, for {@code event-time} only: {@code seconds}, {@code milliseconds},
 *     {@code microseconds} or {@code nanoseconds} since 1970, or a pattern of letters as in Java's
 *     {@code DateTimeFormatter}, such as {@code dd.MM.yyyy HH:mm:ss}.
 * @param zone where clocks show times that say nothing of a zone or an offset, such as {@code Europe/Berlin}; UTC without.
 *     For {@code event-time} only.
 * @param notBefore earlier times are implausible: a day, or a time of ISO 8601. {@code 2000-01-01} without. For
 *     {@code event-time} only.
 * @param maxAhead times that are further ahead of the record's time stamp are implausible. {@code 366d} without. For
 *     {@code event-time} only.
 * @param name which names the properties get, for {@code *} only. Without it members keep their names.
 * @param each an array or an object of which each element becomes a property, for {@code *} only; as for a route. The rule's
 *     other selectors may be relative to the element then.
 */
@ConfigurationProperties(
        "relay.routes[].services[].properties.*") // for the metadata; the rule stands in other places, too
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

    /** How binary is written in JSON. */
    public enum Encoding {
        BASE64,
        HEX,
        WORDS
    }

    /** Cases of letters. */
    public enum LetterCase {
        LOWER,
        UPPER
    }

    /**
     * The names of properties that come from data. A name that IoTDA would discard makes the record a dead letter, unless
     * {@code sanitize} changes it, and so do two members that get the same name.
     *
     * @param from where the name is: a selector, or several, of which the first that finds something counts. For elements of
     *     {@code each}; without it they keep the names of members.
     * @param pattern a regular expression (RE2) that is looked for in it; its first group is the name.
     * @param asText the name in place of the first group, such as {@code $1_$2}.
     * @param include the members that become properties, by their names in the data; {@code *} in them stands for any
     *     characters. All without.
     * @param exclude members that do not, likewise.
     * @param rename names in the data, with the names of their properties.
     * @param sanitize stands for each character that IoTDA does not accept in the name of a property: such as {@code _}.
     *     Letters lose their accents.
     * @param atMost how many properties there may be, 1 to 500; 500 without. With more, the record is a dead letter.
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

    /** A selector, or a template, that stands for the whole rule. */
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
