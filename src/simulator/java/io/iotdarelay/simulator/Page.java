package io.iotdarelay.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which part of a list is asked for: up to {@code limit} entries after the one that {@code marker} names, newest first.
 *
 * @param before the number that entries must be below; the marker is its hexadecimal form
 */
record Page(int limit, int offset, long before) {

    private static final int MOST = 50;
    private static final int USUAL = 10;
    private static final int FARTHEST = 500;
    private static final int MARKER_LENGTH = 24;
    private static final String FIRST = "f".repeat(MARKER_LENGTH);

    /** The parameters of a query, decoded. */
    static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new HashMap<>();
        for (String parameter : query.split("&", -1)) {
            String[] pair = parameter.split("=", 2);
            parameters.put(Percent.decode(pair[0]), pair.length == 1 ? "" : Percent.decode(pair[1]));
        }
        return parameters;
    }

    /** The page that parameters ask for; empty where they are out of bounds. */
    static Optional<Page> of(Map<String, String> parameters) {
        String marker = parameters.getOrDefault("marker", FIRST);
        int limit = number(parameters.getOrDefault("limit", Integer.toString(USUAL)));
        int offset = number(parameters.getOrDefault("offset", "0"));
        if (limit < 1
                || limit > MOST
                || offset < 0
                || offset > FARTHEST
                || !Inputs.MARKER.matcher(marker).matches()) {
            return Optional.empty();
        }
        return Optional.of(new Page(limit, offset, number(marker, FIRST)));
    }

    /**
     * The page of what matches, and how much matches in all.
     *
     * @param all newest first
     */
    <T> ObjectNode cut(
            String name,
            Stream<T> all,
            Predicate<T> matching,
            ToLongFunction<T> number,
            Function<T, ObjectNode> description) {
        List<T> matches = all.filter(matching).toList();
        List<T> shown = new ArrayList<>(matches.stream()
                .filter(each -> number.applyAsLong(each) < before)
                .skip(offset)
                .limit(limit)
                .toList());
        ObjectNode answer = Json.object();
        ArrayNode entries = answer.putArray(name);
        shown.forEach(each -> entries.add(description.apply(each)));
        ObjectNode page = answer.putObject("page").put("count", matches.size());
        if (shown.isEmpty()) {
            page.putNull("marker");
        } else {
            page.put("marker", marker(number.applyAsLong(shown.getLast())));
        }
        return answer;
    }

    static String marker(long number) {
        String digits = Long.toHexString(number);
        return "5d".repeat((MARKER_LENGTH - 16) / 2) + "0".repeat(16 - digits.length()) + digits;
    }

    private static long number(String marker, String first) {
        return marker.equals(first) ? Long.MAX_VALUE : Long.parseUnsignedLong(marker.substring(8), 16) & Long.MAX_VALUE;
    }

    private static int number(String text) {
        return text.matches("\\d{1,6}") ? Integer.parseInt(text) : -1;
    }
}
