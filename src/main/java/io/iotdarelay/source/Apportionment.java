package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Decides which part each partition brings, at the instance that owns the group's first partition. The parts move towards what the
 * partitions carry, in steps between any two of which the sum stays 1 at most whoever uses which of the two: what decreases is published
 * first, and given to others in the next step. Each table stays for longer than an instance may use one that it has read. Belongs to the
 * poll thread.
 */
final class Apportionment {

    /** How long a table stays, after this instance has seen it: for so long nobody uses its predecessor any more, nor did within a second. */
    static final Duration STAYS = GroupShares.COUNTS_FOR.plusSeconds(3);

    /** This part is divided equally, so that each partition has something when its records come. */
    private static final double EVEN = 0.1;

    /** What partitions carry is looked at so often. */
    private static final Duration REVIEW = Duration.ofSeconds(60);

    /** Parts that would change by less, in sum, are left as they are. */
    private static final double WORTHWHILE = 0.05;

    private static final double REACHED = 0.01;

    /** What is taken from some in one step, and can be used by nobody until the next one. */
    private static final double MOST_TAKEN = 0.1;

    private static final double ROUNDING = 1e-6;

    /** No table has a longer number. */
    private static final long HIGHEST = Long.MAX_VALUE / 36;

    /** A partition that nobody has for a moment, because it moves, is still there. */
    private static final Duration GONE_AFTER = Duration.ofMinutes(2);

    private final Demand demand = new Demand();
    private final Map<TopicPartition, Instant> lastAssigned = new HashMap<>();
    private Optional<ShareTable> seen = Optional.empty();
    private Instant seenSince = Instant.MAX;
    private Instant decidesSince = Instant.MAX;
    private Map<TopicPartition, Double> wanted = Map.of();
    private Instant wantedAt = Instant.EPOCH;

    /** The coordinator reported this. Returns whether it is this instance's turn to decide. */
    boolean observe(GroupView view, String member, Instant now) {
        view.assigned().keySet().forEach(partition -> lastAssigned.put(partition, now));
        lastAssigned.values().removeIf(last -> last.plus(GONE_AFTER).isBefore(now));
        if (seenSince.equals(Instant.MAX) || !view.table().equals(seen)) {
            seen = view.table();
            seenSince = now;
        }
        Optional<TopicPartition> first = first(view);
        if (first.isEmpty()) {
            return decidesSince.isBefore(now); // the group is being rebalanced
        }
        if (!member.equals(view.assigned().get(first.get()))) {
            decidesSince = Instant.MAX;
            wanted = Map.of();
            return false;
        }
        decidesSince = decidesSince.isBefore(now) ? decidesSince : now;
        return true;
    }

    /** The group's first partition. */
    static Optional<TopicPartition> first(GroupView view) {
        return view.assigned().keySet().stream().min(GroupShares.IN_ORDER);
    }

    /** All partitions of the group. */
    Set<TopicPartition> partitions() {
        return Set.copyOf(lastAssigned.keySet());
    }

    /**
     * The next table, if there should be one.
     *
     * @param most the maximum number of characters
     */
    Optional<ShareTable> next(GroupView view, LogEnds ends, int most, Instant now) {
        demand.observe(ends, view.committed());
        if (view.assigned().isEmpty()
                || now.isBefore(seenSince.plus(STAYS))
                || now.isBefore(decidesSince.plus(STAYS))) {
            return Optional.empty();
        }
        review(most, now);
        Map<TopicPartition, Double> current = current();
        if (wanted.isEmpty() || distance(current, wanted) <= REACHED) {
            return Optional.empty();
        }
        long number = seen.map(ShareTable::number).orElse(0L) + 1;
        ShareTable next = ShareTable.of(number, towards(current), most);
        if (hasSameParts(next)) {
            return Optional.empty();
        }
        return Optional.of(isAllowed(next) ? next : ShareTable.nothing(number));
    }

    /** What each partition brings now. */
    private Map<TopicPartition, Double> current() {
        return seen.map(this::parts)
                .orElseGet(() -> partitions().stream().collect(Collectors.toMap(partition -> partition, none -> 0.0)));
    }

    private Map<TopicPartition, Double> parts(ShareTable table) {
        return partitions().stream().collect(Collectors.toMap(partition -> partition, table::of));
    }

    private void review(int most, Instant now) {
        boolean sameOnes = wanted.keySet().equals(lastAssigned.keySet());
        if (sameOnes && now.isBefore(wantedAt.plus(REVIEW))) {
            return;
        }
        boolean isKnown = demand.isKnown();
        Map<TopicPartition, Double> better =
                parts(ShareTable.of(HIGHEST, byDemand(isKnown ? demand.of(partitions()) : Map.of()), most));
        Map<TopicPartition, Double> before = wanted.isEmpty() ? current() : wanted;
        if (!isWhole(before) || (isKnown && distance(before, better) > WORTHWHILE)) {
            wanted = better;
        } else if (isKnown) {
            wanted = before;
        }
        wantedAt = isKnown ? now : wantedAt;
    }

    /** Whether each partition has a part, and together they have all. */
    private boolean isWhole(Map<TopicPartition, Double> parts) {
        return parts.keySet().equals(lastAssigned.keySet())
                && parts.values().stream().allMatch(part -> part > 0)
                && parts.values().stream().mapToDouble(Double::doubleValue).sum() >= 1 - WORTHWHILE;
    }

    private Map<TopicPartition, Double> byDemand(Map<TopicPartition, Double> carried) {
        Set<TopicPartition> all = partitions();
        double sum = carried.values().stream().mapToDouble(Double::doubleValue).sum();
        Map<TopicPartition, Double> parts = new HashMap<>();
        for (TopicPartition partition : all) {
            double even = 1.0 / all.size();
            double own = sum > 0 ? carried.getOrDefault(partition, 0.0) / sum : even;
            parts.put(partition, EVEN * even + (1 - EVEN) * own);
        }
        return parts;
    }

    /** As near to what is wanted as one step may lead. */
    private Map<TopicPartition, Double> towards(Map<TopicPartition, Double> current) {
        double missing = 0;
        double dispensable = 0;
        for (Map.Entry<TopicPartition, Double> part : current.entrySet()) {
            double more = wanted.getOrDefault(part.getKey(), 0.0) - part.getValue();
            missing += Math.max(0, more);
            dispensable += Math.max(0, -more);
        }
        double given = missing > 0 ? Math.clamp((1 - inUse(current)) / missing, 0, 1) : 0;
        double taken = dispensable > MOST_TAKEN ? MOST_TAKEN / dispensable : 1;
        Map<TopicPartition, Double> next = new HashMap<>();
        current.forEach((partition, part) -> {
            double more = wanted.getOrDefault(partition, 0.0) - part;
            next.put(partition, part + more * (more > 0 ? given : taken));
        });
        return next;
    }

    /** What may be used by the present table, by partitions as well that nobody has. */
    private double inUse(Map<TopicPartition, Double> current) {
        double unnamed = current.entrySet().stream()
                .filter(part ->
                        seen.filter(table -> table.names(part.getKey().topic())).isEmpty())
                .mapToDouble(Map.Entry::getValue)
                .sum();
        return seen.map(ShareTable::listed).orElse(0.0) + unnamed;
    }

    /** Whoever uses which of the two, together it is not more than all. Only a table of another form may not be. */
    private boolean isAllowed(ShareTable next) {
        ShareTable current = seen.orElseGet(() -> ShareTable.nothing(0));
        double unlisted = partitions().stream()
                .filter(partition -> !current.lists(partition) && !next.lists(partition))
                .mapToDouble(partition -> Math.max(current.of(partition), next.of(partition)))
                .sum();
        return current.together(next) + unlisted <= 1 + ROUNDING;
    }

    private boolean hasSameParts(ShareTable next) {
        return seen.filter(table -> table.parts().equals(next.parts()) && table.others() == next.others())
                .isPresent();
    }

    private static double distance(Map<TopicPartition, Double> one, Map<TopicPartition, Double> other) {
        Set<TopicPartition> all = new HashSet<>(one.keySet());
        all.addAll(other.keySet());
        return all.stream()
                        .mapToDouble(partition ->
                                Math.abs(one.getOrDefault(partition, 0.0) - other.getOrDefault(partition, 0.0)))
                        .sum()
                / 2;
    }
}
