package io.iotdarelay.settle;

import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourcePartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A route's last outcomes, in the order of its records, and what they show about the route. Belongs to the poll thread.
 *
 * <p>They are kept twice. The last records show whether too many of them became dead letters, and from which origins. A fair
 * sample shows whether that is the route's fault: it holds at most a few records of each origin, so that one that floods the
 * route does not push out the others.
 */
final class RouteOutcomes {

    /** What too many dead letters mean. */
    enum Judgement {
        /** There are not too many. */
        FEW,
        /** There are too many, but the outcomes of others' records are not known yet. */
        TOO_EARLY,
        /** Most origins fail: the route or the schema is wrong. */
        ROUTE_FAILS,
        /** There is no other origin to compare with. */
        NOBODY_ELSE,
        /** The others' records succeed. */
        OTHERS_SUCCEED
    }

    private static final int MOST_SAMPLED = 1000;
    private static final int SHARE_OF_ORIGIN = 50;

    /** This many records of others are needed for a comparison. */
    private static final int EVIDENCE = 20;

    private static final int MOST_NAMED = 3;

    /** A record in the sample; each is different from all others. */
    private static final class Sampled {
        private final Ended ended;

        Sampled(Ended ended) {
            this.ended = ended;
        }
    }

    /** What the sample holds of one origin. */
    private static final class Tally {
        private final Deque<Sampled> records = new ArrayDeque<>(1);
        private int rejected;

        void add(Sampled record) {
            records.add(record);
            rejected += record.ended.isRejected() ? 1 : 0;
        }

        /** Nothing if that was the only one. */
        @Nullable
        Tally withoutFirst() {
            rejected -= records.remove().ended.isRejected() ? 1 : 0;
            return records.isEmpty() ? null : this;
        }

        Weight weight() {
            return new Weight(records.size(), (double) rejected / records.size());
        }
    }

    /** How many records count, and which share of them failed. */
    private record Weight(int records, double share) {

        Weight plus(Weight other) {
            int sum = records + other.records;
            return new Weight(sum, (records * share + other.records * other.share) / sum);
        }
    }

    /** The sample's result without the origin that fails most: a single origin never decides about the route. */
    private record Others(int records, double share) {}

    private final int most;
    private final double maxShare;
    private final Deque<Optional<Ended>> last = new ArrayDeque<>();
    private final Map<RejectionReason, Integer> reasons = new EnumMap<>(RejectionReason.class);
    private final Map<Origin, Integer> rejected = new HashMap<>();
    private int rejections;
    private int unknown;
    private final Set<Sampled> sample = new LinkedHashSet<>();
    private final Map<Origin, Tally> tallies = new HashMap<>();

    /**
     * No outcomes yet.
     *
     * @param most how many of the last records count
     * @param maxShare which part of them may be dead letters
     */
    RouteOutcomes(int most, double maxShare) {
        this.most = most;
        this.maxShare = maxShare;
    }

    /** The next outcome; empty if it is unknown, which counts as no dead letter. */
    void add(Optional<Ended> outcome) {
        last.add(outcome);
        count(outcome, 1);
        if (last.size() > most) {
            count(last.remove(), -1);
        }
        outcome.ifPresent(this::sample);
    }

    /** Whether more of the last records are dead letters than allowed. */
    boolean areTooMany() {
        return rejections > maxShare * most;
    }

    /** Whether there are clearly fewer dead letters than allowed. */
    boolean areFew() {
        return rejections < maxShare * most / 2;
    }

    Judgement judge() {
        if (!areTooMany()) {
            return Judgement.FEW;
        }
        Others others = others();
        if (others.records() > 0 && others.share() <= maxShare) {
            return Judgement.OTHERS_SUCCEED;
        }
        if (others.records() >= evidence()) {
            return Judgement.ROUTE_FAILS;
        }
        return unknown >= evidence() ? Judgement.TOO_EARLY : Judgement.NOBODY_ELSE;
    }

    /** Whether there is enough of others, and most of that succeeds. */
    boolean doOthersSucceed() {
        Others others = others();
        return others.records() >= evidence() && others.share() <= maxShare;
    }

    /** The partition of the last dead letter. */
    Optional<SourcePartition> partition() {
        return last.reversed().stream()
                .flatMap(Optional::stream)
                .filter(Ended::isRejected)
                .map(Ended::partition)
                .findFirst();
    }

    void clear() {
        last.clear();
        reasons.clear();
        rejected.clear();
        rejections = 0;
        unknown = 0;
        sample.clear();
        tallies.clear();
    }

    /** How many became dead letters, why, and from which origins. */
    @Override
    public String toString() {
        return rejections + " of the last " + last.size() + " records became dead letters ("
                + ranked(reasons, RejectionReason::code)
                + "): " + ranked(rejected, Object::toString)
                + (rejected.size() > MOST_NAMED ? ", " + (rejected.size() - MOST_NAMED) + " more" : "");
    }

    private void count(Optional<Ended> outcome, int by) {
        if (outcome.isEmpty()) {
            unknown += by;
        } else if (outcome.get().isRejected()) {
            rejections += by;
            reasons.merge(outcome.get().reason().orElseThrow(), by, RouteOutcomes::sum);
            rejected.merge(outcome.get().origin(), by, RouteOutcomes::sum);
        }
    }

    private void sample(Ended ended) {
        Sampled record = new Sampled(ended);
        Tally tally = tallies.computeIfAbsent(ended.origin(), any -> new Tally());
        tally.add(record);
        sample.add(record);
        int mostSampled = Math.min(most, MOST_SAMPLED);
        if (tally.records.size() > Math.max(1, mostSampled / SHARE_OF_ORIGIN)) {
            remove(tally.records.getFirst());
        } else if (sample.size() > mostSampled) {
            remove(sample.iterator().next());
        }
    }

    private void remove(Sampled oldest) {
        sample.remove(oldest);
        tallies.computeIfPresent(oldest.ended.origin(), (origin, tally) -> tally.withoutFirst());
    }

    /*
     * Each origin counts the same, however many records it sends. Records of no known device count as one origin, for one producer can
     * write them to every partition; only where there is no known device at all are partitions compared with each other.
     */
    private Others others() {
        List<Weight> weights = new ArrayList<>();
        Weight unknown = new Weight(0, 0);
        boolean devices = tallies.keySet().stream().anyMatch(Origin.Device.class::isInstance);
        for (Map.Entry<Origin, Tally> entry : tallies.entrySet()) {
            Weight weight = entry.getValue().weight();
            if (devices && entry.getKey() instanceof Origin.Unknown) {
                unknown = unknown.plus(weight);
            } else {
                weights.add(weight);
            }
        }
        if (unknown.records() > 0) {
            weights.add(unknown);
        }
        weights.sort(Comparator.comparingDouble(Weight::share).thenComparingInt(Weight::records));
        List<Weight> others = weights.subList(0, Math.max(0, weights.size() - 1));
        return new Others(
                others.stream().mapToInt(Weight::records).sum(),
                others.stream().mapToDouble(Weight::share).average().orElse(0));
    }

    private int evidence() {
        return Math.min(EVIDENCE, most / 4);
    }

    private static <T> String ranked(Map<T, Integer> counts, Function<T, String> name) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(MOST_NAMED)
                .map(entry -> name.apply(entry.getKey()) + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Empty instead of zero, so that unused entries are removed. */
    @SuppressWarnings("NullAway") // null removes the entry
    private static @Nullable Integer sum(int one, int other) {
        return one + other == 0 ? null : one + other;
    }
}
