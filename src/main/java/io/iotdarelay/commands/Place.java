package io.iotdarelay.commands;

import io.iotdarelay.decode.NumberNodes;
import io.iotdarelay.mapping.Explanation;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.SourceRecord;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What stands in one place of many records. */
final class Place {

    private static final int MOST_DISTINCT = 1000;
    private static final int INT_BITS = 31;
    private static final int LONG_BITS = 63;

    /** Seconds since 1970 of a year that a sensor can have been built in. */
    private static final BigDecimal EARLIEST = new BigDecimal(1_000_000_000);

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,30}(\\.\\d{1,30})?([eE][+-]?\\d{1,2})?");
    private static final Pattern UNSAYING = Pattern.compile("(?i)value|val|v|vs|vb|values|\\d+");
    private static final Pattern DATE_IN_DIGITS = Pattern.compile("(19|20)(\\d{6}|\\d{10}|\\d{12})");
    private static final Pattern WITHOUT_OFFSET = Pattern.compile("\\d{4}-\\d\\d-\\d\\d[T ][0-9:.]+");

    private final String selector;
    private final @Nullable String inner;
    private int values;
    private int whole;
    private int fractions;
    private int numericTexts;
    private int texts;
    private int booleans;
    private int lists;
    private int times;
    private int near;
    private int ids;
    private int longest;
    private boolean isInt = true;
    private boolean isLong = true;
    private final Set<String> distinct = new LinkedHashSet<>();
    private final Set<String> units = new LinkedHashSet<>();

    /**
     * Nothing has been seen yet.
     *
     * @param inner a JSON Pointer into JSON in a text
     */
    Place(String selector, @Nullable String inner) {
        this.selector = selector;
        this.inner = inner;
    }

    /** Takes a value into account. Null and NaN are none. */
    void add(SourceRecord record, JsonNode node) {
        if (node.isNull() || node.isMissingNode() || !NumberNodes.isFinite(node)) {
            return;
        }
        values++;
        if (node.isArray()) {
            lists++;
            return;
        }
        String text = node.asString();
        longest = Math.max(longest, text.length());
        if (distinct.size() < MOST_DISTINCT) {
            distinct.add(text);
        }
        if (DeviceId.isValid(id(text)) && !node.isBoolean()) {
            ids++;
        }
        kind(node, text);
        time(record, node);
    }

    private void kind(JsonNode node, String text) {
        if (node.isBoolean()) {
            booleans++;
        } else if (node.isNumber()) {
            number(node.decimalValue());
        } else if (NUMBER.matcher(text).matches()) {
            numericTexts++;
            number(new BigDecimal(text));
        } else {
            texts++;
        }
    }

    private void number(BigDecimal number) {
        if (!NumberNodes.isBounded(number)) { // written out, it could have gigabytes
            whole++;
            isInt = false;
            isLong = false;
        } else if (number.stripTrailingZeros().scale() > 0) {
            fractions++;
        } else {
            whole++;
            BigInteger integer = number.toBigInteger();
            isInt &= integer.bitLength() <= INT_BITS;
            isLong &= integer.bitLength() <= LONG_BITS;
        }
    }

    private void time(SourceRecord record, JsonNode node) {
        if (node.isNumber() && node.decimalValue().compareTo(EARLIEST) < 0) {
            return;
        }
        String time = node.isBoolean() ? null : Explanation.time(record, node);
        if (time != null) {
            times++;
            units.add(unit(node.asString()));
            Duration away =
                    Duration.between(Instant.parse(time), record.timestamp()).abs();
            near += away.compareTo(Duration.ofDays(30)) < 0 ? 1 : 0;
        }
    }

    /** How a time is written, by the rules by which it is read. */
    private static String unit(String text) {
        if (DATE_IN_DIGITS.matcher(text).matches()) {
            return "a date in digits, taken as UTC: see 'zone'";
        }
        if (!NUMBER.matcher(text).matches()) {
            return WITHOUT_OFFSET.matcher(text).matches() ? "without an offset, taken as UTC: see 'zone'" : "";
        }
        int digits = new BigDecimal(text).abs().toBigInteger().toString().length();
        return (digits <= 11
                        ? "seconds"
                        : digits <= 14 ? "milliseconds" : digits <= 17 ? "microseconds" : "nanoseconds")
                + " since 1970";
    }

    /** As a device ID is read: without blanks, quotes, and zeros behind a point. */
    static String id(String text) {
        return Explanation.deviceId(text);
    }

    String selector() {
        return selector;
    }

    @Nullable
    String inner() {
        return inner;
    }

    /** The last name on the way. */
    String name() {
        String path = inner == null ? selector : inner;
        String last = path.substring(path.lastIndexOf('/') + 1);
        return Pointers.unescaped(last);
    }

    /** The names on the way; of a pair in a list its name. */
    List<String> labels() {
        List<String> labels = new ArrayList<>();
        for (String part : (inner == null ? selector : inner).split("/", -1)) {
            String readable = part.startsWith("[") && part.contains("=")
                    ? part.substring(part.indexOf('=') + 1, part.length() - 1)
                    : part;
            labels.add(Pointers.unescaped(readable));
        }
        return labels;
    }

    /** The last name that says something: {@code value} does not. */
    String sayingName() {
        List<String> labels = labels();
        for (int i = labels.size() - 1; i >= 0; i--) {
            if (!isUnsaying(labels.get(i))
                    && !labels.get(i).isEmpty()
                    && !labels.get(i).equals(".")) {
                return labels.get(i);
            }
        }
        return name();
    }

    static boolean isUnsaying(String name) {
        return UNSAYING.matcher(name).matches();
    }

    int values() {
        return values;
    }

    int longest() {
        return longest;
    }

    Set<String> distinct() {
        return distinct;
    }

    boolean isScalar() {
        return lists == 0;
    }

    /** Whether each value could be a device's ID as it is. */
    boolean holdsIds() {
        return ids == values;
    }

    boolean isFractional() {
        return fractions > 0;
    }

    boolean isTruth() {
        return booleans > 0;
    }

    /** Whether most values are plausible times. */
    boolean isTime() {
        return times * 2 > values;
    }

    /** Whether each value is a plausible time. */
    boolean isAlwaysTime() {
        return times == values;
    }

    /** Whether the times are near the records' timestamps. */
    boolean isNear() {
        return near * 2 > values;
    }

    /** How the times are written, as far as that is worth saying. */
    String timeUnit() {
        return units.size() == 1 ? units.iterator().next() : units.size() > 1 ? "in several forms" : "";
    }

    /** The type of the product model that all values have; none where they differ. */
    @Nullable
    String type() {
        if (lists == values) {
            return "string list";
        }
        if (booleans == values) {
            return "boolean";
        }
        if (whole + fractions == values) {
            return fractions > 0 || !isLong ? "decimal" : isInt ? "int" : "long";
        }
        return texts + numericTexts == values ? "string" : null;
    }

    boolean isNumericText() {
        return numericTexts == values;
    }
}
