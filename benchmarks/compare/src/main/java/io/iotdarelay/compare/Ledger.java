package io.iotdarelay.compare;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What the sink has seen until a moment.
 *
 * @param micros the moment
 * @param records how many, repeated ones included
 * @param missing gaps in the sequences of devices
 * @param unordered records that came after later ones of their device
 * @param refused requests without the token of their device
 * @param unreadable requests whose records were not found
 * @param seen how many records came how many microseconds after their time stamp, by bucket
 * @param answered the same until the answer left
 */
record Ledger(
        double micros,
        long records,
        long requests,
        long duplicates,
        long missing,
        long unordered,
        long refused,
        long unreadable,
        Map<Integer, Long> seen,
        Map<Integer, Long> answered) {

    private static final int SUB_BUCKETS = 64;

    static Ledger of(JsonNode json) {
        return new Ledger(
                json.path("micros").asDouble(),
                json.path("records").asLong(),
                json.path("requests").asLong(),
                json.path("duplicates").asLong(),
                json.path("missing").asLong(),
                json.path("unordered").asLong(),
                json.path("refused").asLong(),
                json.path("unreadable").asLong(),
                histogram(json.path("seen")),
                histogram(json.path("answered")));
    }

    private static Map<Integer, Long> histogram(JsonNode json) {
        Map<Integer, Long> histogram = new TreeMap<>();
        json.properties()
                .forEach(entry -> histogram.put(
                        Integer.valueOf(entry.getKey()), entry.getValue().asLong()));
        return histogram;
    }

    /** How many different records. */
    long distinct() {
        return records - duplicates;
    }

    /** The value, in milliseconds, that a share of the records between two moments does not exceed. */
    static double quantile(Map<Integer, Long> before, Map<Integer, Long> after, double share) {
        long total = after.entrySet().stream()
                .mapToLong(entry -> entry.getValue() - before.getOrDefault(entry.getKey(), 0L))
                .sum();
        long wanted = (long) Math.ceil(total * share);
        long passed = 0;
        for (Map.Entry<Integer, Long> entry : after.entrySet()) {
            passed += entry.getValue() - before.getOrDefault(entry.getKey(), 0L);
            if (passed >= wanted) {
                return upper(entry.getKey()) / 1000;
            }
        }
        return Double.NaN;
    }

    /** The upper end of a bucket, in microseconds. See sink.lua. */
    private static double upper(int bucket) {
        int power = Math.max(0, bucket / SUB_BUCKETS - 1);
        return Math.scalb(bucket - power * SUB_BUCKETS + 1.0, power);
    }
}
