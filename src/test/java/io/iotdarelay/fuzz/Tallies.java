package io.iotdarelay.fuzz;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what came of what. */
final class Tallies {

    private final Map<String, Long> verdicts = new TreeMap<>();
    private final Map<String, Long> accepted = new TreeMap<>();
    private final Map<String, Long> rejected = new TreeMap<>();

    void verdict(String verdict) {
        verdicts.merge(verdict, 1L, Long::sum);
    }

    void accepted(Collection<String> features) {
        features.forEach(feature -> accepted.merge(feature, 1L, Long::sum));
    }

    void rejected(Collection<String> features) {
        features.forEach(feature -> rejected.merge(feature, 1L, Long::sum));
    }

    Map<String, Long> verdicts() {
        return Map.copyOf(verdicts);
    }

    /** What was never part of a report that was made, or never of one that was not. */
    List<String> unreached(Collection<String> features) {
        return features.stream()
                .filter(feature -> !accepted.containsKey(feature) || !rejected.containsKey(feature))
                .map(feature -> feature + ": accepted " + accepted.getOrDefault(feature, 0L) + ", rejected "
                        + rejected.getOrDefault(feature, 0L))
                .toList();
    }

    /** For people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        verdicts.forEach((verdict, count) -> text.append(String.format("%,14d  %s%n", count, verdict)));
        accepted.forEach((feature, count) -> text.append(String.format(
                "%,14d accepted %,14d rejected  %s%n", count, rejected.getOrDefault(feature, 0L), feature)));
        return text.toString();
    }
}
