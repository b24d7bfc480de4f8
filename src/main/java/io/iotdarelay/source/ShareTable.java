package io.iotdarelay.source;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/**
 * Which part of what the group shares each partition brings to its owner; the sum is 1 at most. It is a text in the metadata of a commit,
 * so that all instances see the same one, and only a member of the group can write it.
 *
 * @param number of two tables the one with the higher number counts
 * @param parts by the fingerprint of the topic: the part of each partition
 * @param others the part of each partition of other topics
 * @param text as it is stored
 */
record ShareTable(long number, Map<String, List<Double>> parts, double others, String text) {

    /*
     * "^", a version, the number, ".", the part of others, ".", and for each topic its fingerprint, how many partitions it has, ":", their
     * parts or a single one if all have the same, ".". A part is a logarithm in two digits of 6 bits: 256 steps for each halving, rounded
     * down, so that the sum is never more than what was encoded.
     */

    private static final String BEGIN = "^1";
    private static final Pattern TEXT =
            Pattern.compile("\\^1([0-9a-z]{1,12})\\.([A-Za-z0-9+/]{2})?\\.((?:[^.:]{6,12}:[^.:]+\\.)*)$");
    private static final int FINGERPRINT = 5;
    private static final int FINGERPRINT_BYTES = 4;
    private static final int RADIX = 36;
    private static final int DIGITS = 2;
    private static final int DIGIT_BITS = 6;
    private static final double STEPS = 256;
    private static final double ROUNDING = 1e-6;
    private static final int NONE = (1 << (DIGITS * DIGIT_BITS)) - 1;
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private static final int MOST_PARTITIONS = 100_000;

    /** Where there are too many topics to name them, there may be so many more partitions before the next table. */
    private static final double ROOM = 9.0 / 8;

    /** The smallest form, which always fits. */
    static final int SHORTEST = 20;

    ShareTable {
        parts = Map.copyOf(parts);
    }

    /**
     * The table with these parts, rounded down; with the same part for all partitions of a topic, or even of all topics, if more does not fit.
     *
     * @param most the maximum number of characters
     */
    static ShareTable of(long number, Map<TopicPartition, Double> parts, int most) {
        Map<String, List<Double>> topics = new TreeMap<>();
        Set<String> names = new HashSet<>();
        parts.forEach((partition, part) -> {
            names.add(partition.topic());
            List<Double> row = topics.computeIfAbsent(fingerprint(partition.topic()), topic -> new ArrayList<>());
            while (row.size() <= partition.partition()) {
                row.add(0.0);
            }
            row.set(partition.partition(), part);
        });
        String head = BEGIN + Long.toString(number, RADIX) + ".";
        String each = names.size() == topics.size() ? rows(topics) : "";
        if (!each.isEmpty() && head.length() + 1 + each.length() <= most) {
            return parse(head + "." + each).orElseThrow();
        }
        topics.replaceAll((topic, row) -> Collections.nCopies(row.size(), average(row)));
        String even = names.size() == topics.size() ? rows(topics) : "";
        return !even.isEmpty() && head.length() + 1 + even.length() <= most
                ? parse(head + "." + even).orElseThrow()
                : parse(head + digits(1 / (Math.max(1, parts.size()) * ROOM)) + ".")
                        .orElseThrow();
    }

    private static double average(List<Double> row) {
        return row.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    private static String rows(Map<String, List<Double>> topics) {
        StringBuilder text = new StringBuilder();
        topics.forEach((topic, row) -> {
            text.append(topic).append(Integer.toString(row.size(), RADIX)).append(':');
            List<String> digits = row.stream().map(ShareTable::digits).toList();
            text.append(Set.copyOf(digits).size() == 1 ? digits.getFirst() : String.join("", digits));
            text.append('.');
        });
        return text.toString();
    }

    /** The table in force: the one with the highest number. Two different ones of that number contradict each other: nobody has anything. */
    static Optional<ShareTable> inForce(Collection<String> metadata) {
        List<ShareTable> found = metadata.stream()
                .map(ShareTable::in)
                .flatMap(text -> parse(text).stream())
                .distinct()
                .toList();
        long highest = found.stream().mapToLong(ShareTable::number).max().orElse(0);
        List<ShareTable> last =
                found.stream().filter(table -> table.number() == highest).toList();
        return last.size() == 1
                ? Optional.of(last.getFirst())
                : last.stream().findFirst().map(table -> nothing(highest));
    }

    /** One by which nobody has anything, until there is another one. */
    static ShareTable nothing(long number) {
        return parse(BEGIN + Long.toString(number, RADIX) + "..").orElseThrow();
    }

    /** The text of a table in the metadata of a commit; empty if there is none. */
    static String in(String metadata) {
        Matcher table = TEXT.matcher(ReadMark.without(metadata));
        return table.find() ? table.group() : "";
    }

    /** The metadata without the table. */
    static String without(String metadata) {
        return TEXT.matcher(metadata).replaceFirst("");
    }

    static Optional<ShareTable> parse(String text) {
        Matcher table = TEXT.matcher(text);
        if (!table.matches()) {
            return Optional.empty();
        }
        Map<String, List<Double>> parts = new TreeMap<>();
        try {
            for (String row :
                    table.group(3).isEmpty() ? new String[0] : table.group(3).split("\\.", 0)) {
                int colon = row.indexOf(':');
                int partitions = Integer.parseInt(row, FINGERPRINT, colon, RADIX);
                parts.put(row.substring(0, FINGERPRINT), row(row.substring(colon + 1), partitions));
            }
            long number = Long.parseLong(table.group(1), RADIX);
            double others = table.group(2) == null ? 0 : part(table.group(2));
            ShareTable read = new ShareTable(number, parts, others, text);
            return read.listed() <= 1 + ROUNDING ? Optional.of(read) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // somebody else's
        }
    }

    private static List<Double> row(String digits, int partitions) {
        if (partitions > MOST_PARTITIONS) {
            throw new IllegalArgumentException("no topic has so many");
        }
        if (digits.length() == DIGITS) {
            return Collections.nCopies(partitions, part(digits));
        }
        if (digits.length() != DIGITS * partitions) {
            throw new IllegalArgumentException("no row");
        }
        List<Double> row = new ArrayList<>();
        for (int at = 0; at < digits.length(); at += DIGITS) {
            row.add(part(digits.substring(at, at + DIGITS)));
        }
        return List.copyOf(row);
    }

    private static String digits(double part) {
        double steps = Math.ceil(-Math.log(part) / Math.log(2) * STEPS - ROUNDING);
        int level = part <= 0 ? NONE : (int) Math.clamp(steps, 0, NONE);
        return "" + ALPHABET.charAt(level >> DIGIT_BITS) + ALPHABET.charAt(level & ((1 << DIGIT_BITS) - 1));
    }

    private static double part(String digits) {
        int high = ALPHABET.indexOf(digits.charAt(0));
        int low = ALPHABET.indexOf(digits.charAt(1));
        if (high < 0 || low < 0) {
            throw new IllegalArgumentException("no digits");
        }
        int level = (high << DIGIT_BITS) + low;
        return level == NONE ? 0 : Math.pow(2, -level / STEPS);
    }

    /** What the partition brings. */
    double of(TopicPartition partition) {
        return of(fingerprint(partition.topic()), partition.partition());
    }

    private double of(String topic, int partition) {
        List<Double> row = parts.get(topic);
        if (row == null) {
            return others;
        }
        return partition < row.size() ? row.get(partition) : 0;
    }

    /** What all partitions of the named topics bring together. */
    double listed() {
        return parts.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    /** What the partitions of all topics that one of the two names bring together, if for each the larger of its parts counts. */
    double together(ShareTable other) {
        Set<String> topics = new HashSet<>(parts.keySet());
        topics.addAll(other.parts.keySet());
        double sum = 0;
        for (String topic : topics) {
            int partitions = Math.max(count(topic), other.count(topic));
            for (int i = 0; i < partitions; i++) {
                sum += Math.max(of(topic, i), other.of(topic, i));
            }
        }
        return sum;
    }

    /** Whether it has a part for this very partition. */
    boolean lists(TopicPartition partition) {
        return partition.partition() < count(fingerprint(partition.topic()));
    }

    private int count(String topic) {
        return parts.getOrDefault(topic, List.of()).size();
    }

    /** Whether the topic is named. */
    boolean names(String topic) {
        return parts.containsKey(fingerprint(topic));
    }

    private static String fingerprint(String topic) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(topic.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder()
                    .encodeToString(Arrays.copyOf(digest, FINGERPRINT_BYTES))
                    .substring(0, FINGERPRINT);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
