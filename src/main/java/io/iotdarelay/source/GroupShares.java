package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which part this instance may use of what the group shares: what its partitions bring by the group's {@link ShareTable}. The sum over all
 * instances is never more than all, whoever sees what when:
 *
 * <ul>
 *   <li>A partition has one owner, who uses it until it has left, and the next one not before a second later.
 *   <li>A table counts for as long after it was asked for as {@link #COUNTS_FOR} says, and only if the group knew this instance as a member,
 *       and has heard from it; after that the share is nothing.
 *   <li>A table stays for longer than that, and its successor has only more of what it left over: see {@link Apportionment}.
 * </ul>
 *
 * <p>Belongs to the poll thread.
 */
final class GroupShares {

    private static final Logger log = LoggerFactory.getLogger(GroupShares.class);

    /** For how long after it was asked for a table counts, at most. No clocks are compared, so this is the same for all instances. */
    static final Duration COUNTS_FOR = Duration.ofSeconds(20);

    static final Comparator<TopicPartition> IN_ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    /** The previous owner's last second has to be over, as the quota counts any second. */
    private static final Duration LEFT_BEFORE = Duration.ofMillis(1100);

    /** The first answer takes a moment. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Half of what a broker takes by default: the rest is for what is finished. */
    private static final int MOST_TEXT = 2048;

    private static final double SHOWN = 0.001;
    private static final double PERCENT = 100;

    /** An assignment, and from when on its part may be used. */
    private record Own(AssignedPartition partition, Instant from) {}

    private final Group group;
    private final Supplier<String> member;
    private final Supplier<Duration> silence;
    private final Duration membership;
    private final Duration countsFor;
    private final Consumer<ToDoubleFunction<Instant>> listener;
    private final Apportionment apportionment = new Apportionment();
    private final Map<TopicPartition, Own> partitions = new HashMap<>();
    private GroupView view = GroupView.NOTHING;
    private double shown;
    private Instant troubledSince = Instant.MAX;

    /**
     * The share of an instance without partitions: nothing.
     *
     * @param member the ID that the group knows this instance by
     * @param silence how long ago the last heartbeat was sent: none is sent before the one before it was answered
     * @param membership for how long a member remains one after a heartbeat: then the group may give its partitions to others
     * @param listener told each share, from now on
     */
    GroupShares(
            Group group,
            Supplier<String> member,
            Supplier<Duration> silence,
            Duration membership,
            Consumer<ToDoubleFunction<Instant>> listener) {
        this.group = group;
        this.member = member;
        this.silence = silence;
        this.membership = membership;
        this.countsFor = membership.compareTo(COUNTS_FOR) < 0 ? membership : COUNTS_FOR;
        this.listener = listener;
        listener.accept(Share.NOTHING);
    }

    /** These are assigned. */
    void assigned(Collection<AssignedPartition> assigned, Instant now) {
        assigned.forEach(
                partition -> partitions.put(partition.topicPartition(), new Own(partition, now.plus(LEFT_BEFORE))));
        show(now);
    }

    /** These have left, or are lost. When this returns, their parts are no longer used. */
    void left(Collection<AssignedPartition> leaving, Instant now) {
        leaving.forEach(partition -> partitions.remove(partition.topicPartition()));
        show(now);
    }

    /**
     * Time has passed. Called often, also while partitions drain.
     *
     * @param mostMetadata how many characters the broker takes with a commit; 0 if few
     */
    void turn(int mostMetadata, Instant now) {
        GroupView latest = group.view(now);
        if (latest.askedAt().isAfter(view.askedAt())) {
            view = latest;
            decide(mostMetadata > 0 ? MOST_TEXT : ShareTable.SHORTEST, now);
            show(now);
        }
    }

    private void decide(int most, Instant now) {
        long number = view.table().map(ShareTable::number).orElse(0L);
        partitions.values().stream()
                .map(own -> own.partition().commits())
                .filter(commits -> isOutdated(commits.table(), number))
                .forEach(commits -> commits.table(""));
        if (!apportionment.observe(view, member.get(), now)) {
            return;
        }
        LogEnds ends = group.ends(apportionment.partitions(), now);
        Optional<Commits> first = Apportionment.first(view)
                .map(partitions::get)
                .map(own -> own.partition().commits());
        Optional<ShareTable> next = apportionment.next(view, ends, most, now);
        if (first.isPresent() && next.isPresent() && !isUnderWay(first.get().table(), number, most)) {
            first.get().table(next.get().text());
        }
    }

    private static boolean isOutdated(String text, long number) {
        return ShareTable.parse(text).filter(table -> table.number() < number).isPresent();
    }

    /** Whether it is written, and Kafka does not have it yet; what Kafka refuses because of its length never will be. */
    private static boolean isUnderWay(String text, long number, int most) {
        return text.length() <= most
                && ShareTable.parse(text)
                        .filter(table -> table.number() > number)
                        .isPresent();
    }

    private void show(Instant now) {
        Share share = share(now);
        listener.accept(share);
        double part = share.most();
        if (Math.abs(part - shown) >= SHOWN || (part == 0) != (shown == 0)) {
            log.atInfo()
                    .addKeyValue("percent", Math.round(part * PERCENT * PERCENT) / PERCENT)
                    .addKeyValue("partitions", partitions.size())
                    .addKeyValue("table", view.table().map(ShareTable::number).orElse(0L))
                    .log("The share of the quota has changed");
            shown = part;
        }
    }

    private Share share(Instant now) {
        Optional<ShareTable> table = view.table();
        // Without partitions there may be no consumer any more, that could say who this is.
        if (partitions.isEmpty() || table.isEmpty() || !view.members().contains(member.get())) {
            return Share.NOTHING;
        }
        Instant asked = view.askedAt().plus(countsFor);
        Instant heard = now.minus(silence.get()).plus(membership);
        Instant until = asked.isBefore(heard) ? asked : heard;
        Map<Instant, Double> brought = new TreeMap<>();
        partitions.forEach((partition, own) -> brought.merge(
                own.from().isBefore(now) ? Instant.MIN : own.from(), table.get().of(partition), Double::sum));
        List<Share.Step> steps = new ArrayList<>();
        double sum = 0;
        for (Map.Entry<Instant, Double> more : brought.entrySet()) {
            sum += more.getValue();
            if (more.getKey().isBefore(until)) {
                steps.add(new Share.Step(more.getKey(), sum));
            }
        }
        steps.add(new Share.Step(until, 0));
        return new Share(steps);
    }

    /** Why nothing may be used although there are partitions, if so. */
    Optional<String> trouble(Instant now) {
        if (partitions.isEmpty() || share(now).applyAsDouble(now) > 0) {
            troubledSince = Instant.MAX;
            return Optional.empty();
        }
        troubledSince = now.isBefore(troubledSince) ? now : troubledSince;
        if (now.isBefore(troubledSince.plus(PATIENCE))) {
            return Optional.empty();
        }
        if (silence.get().compareTo(membership) >= 0) {
            return Optional.of("nothing is sent: the group has not heard from this instance for "
                    + membership.toSeconds() + " s, and may have given its share of the quota to others");
        }
        return Optional.of(
                now.isBefore(view.askedAt().plus(countsFor))
                        ? "nothing is sent: the group has not agreed on shares of the quota yet"
                        : "nothing is sent: the group's coordinator does not say which share of the quota is this instance's");
    }
}
