package io.iotdarelay.pipeline;

import io.iotdarelay.mapping.Part;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.settle.FailedParts;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a record that were delivered although others failed: {@code meters(/readings)/20 0-17,19; alarms 0}. The dead letter
 * carries the list, so that a redriven record sends the rest alone. A list that cannot be read counts as none: better twice
 * than never.
 */
final class DeliveredParts {

    private static final int LAST_ORDINAL = 9_999;
    private static final Pattern ENTRY =
            Pattern.compile("(?<name>[^ ;]+) (?<ranges>\\d{1,4}(?:-\\d{1,4})?(?:,\\d{1,4}(?:-\\d{1,4})?)*+)");

    private static final Pattern SHAPE = Pattern.compile("\\)/\\d{1,10}$");

    private final Map<String, BitSet> ordinals = new LinkedHashMap<>();

    /**
     * The list that a redriven record carries; empty for any other.
     *
     * @param routes those of its topic: what others would have delivered does not count
     */
    static DeliveredParts of(SourceRecord record, List<Route> routes) {
        byte @Nullable [] list = null;
        for (RecordHeader header : record.headers()) {
            if (header.name().equals(FailedParts.DELIVERED_HEADER)) {
                list = header.value();
            }
        }
        DeliveredParts parts = new DeliveredParts();
        if (list == null || list.length > FailedParts.MOST_BYTES) {
            return parts;
        }
        Set<String> known =
                routes.stream().map(route -> name(route.name(), route.each())).collect(Collectors.toSet());
        return parts.read(new String(list, StandardCharsets.UTF_8), known) ? parts : new DeliveredParts();
    }

    boolean isEmpty() {
        return ordinals.isEmpty();
    }

    boolean contains(Part.Id part) {
        BitSet found = ordinals.isEmpty() ? null : ordinals.get(name(part));
        return found != null && found.get(part.ordinal());
    }

    void add(Part.Id part) {
        ordinals.computeIfAbsent(name(part), any -> new BitSet()).set(part.ordinal());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        ordinals.forEach((name, set) -> {
            text.append(text.isEmpty() ? "" : "; ").append(name);
            char separator = ' ';
            for (int from = set.nextSetBit(0); from >= 0; ) {
                int to = set.nextClearBit(from) - 1;
                text.append(separator).append(from);
                if (to > from) {
                    text.append('-').append(to);
                }
                separator = ',';
                from = set.nextSetBit(to + 1);
            }
        });
        return text.toString();
    }

    /** The elements of another array, or of one that has changed its length, are other parts. */
    private static String name(Part.Id part) {
        String name = name(part.route(), part.each());
        return part.each().isEmpty() ? name : name + '/' + Integer.toUnsignedString(part.shape());
    }

    private static String name(String route, String each) {
        return each.isEmpty()
                ? route
                : route + '(' + each.replace("%", "%25").replace(" ", "%20").replace(";", "%3B") + ')';
    }

    private boolean read(String list, Set<String> known) {
        for (String entry : list.split("; ", -1)) {
            Matcher matcher = ENTRY.matcher(entry);
            if (!matcher.matches()) {
                return false;
            }
            String name = matcher.group("name");
            BitSet set = known.contains(SHAPE.matcher(name).replaceFirst(")"))
                    ? ordinals.computeIfAbsent(name, any -> new BitSet())
                    : new BitSet();
            if (ordinals.size() > known.size()) {
                return false;
            }
            for (String range : matcher.group("ranges").split(",", -1)) {
                int dash = range.indexOf('-');
                int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1));
                if (to < from || to > LAST_ORDINAL) {
                    return false;
                }
                set.set(from, to + 1);
            }
        }
        return true;
    }
}
